"""Opening hours by weekday; several periods a day leave breaks between them."""

from __future__ import annotations

from nicegui import ui

from builder_ui.elements.native import node, press, word
from builder_ui.settings.frame import Hand
from builder_ui.texts import Texts
from engine.services import company_settings
from engine.services.company_settings import DAYS, Changes, Hours


class HoursEditor:
    """The company's hours, with a button that saves them."""

    def __init__(self, hand: Hand, hours: Hours) -> None:
        self._hand, t = hand, hand.t
        with node("section", "card"):
            word("h2", t("company.hours"))
            word("p", t("company.hours-more"), "quiet")
            self._table = HoursTable(t, hours)
            with node("div", "dialog-deeds"):
                press(t("company.copy-monday"), self._table.copy_monday, "ghost")
                press(t("settings.save"), self._save, "primary")

    async def _save(self) -> None:
        hand = self._hand
        await hand.do(
            company_settings.change(hand.rt, hand.by, Changes(hours=self._table.value)),
            hand.t("settings.saved"),
        )


class HoursTable:
    """The days of a week with their periods."""

    def __init__(self, t: Texts, hours: Hours) -> None:
        self._t = t
        self._hours: dict[str, list[list[str]]] = {
            day: [list(period) for period in hours.get(day, [])] for day in DAYS
        }
        self._place = node("div", "hours")
        self._draw()

    @property
    def value(self) -> Hours:
        return {day: [(p[0][:5], p[1][:5]) for p in periods] for day, periods in self._hours.items()}

    def copy_monday(self) -> None:
        """The other days of the week work as Monday does."""
        for day in ("tue", "wed", "thu", "fri"):
            self._hours[day] = [list(period) for period in self._hours["mon"]]
        self._draw()

    def _draw(self) -> None:
        t = self._t
        self._place.clear()
        with self._place:
            for day in DAYS:
                name = t(f"weekday.{day}")
                with node("div", "hours-day", role="group", aria_label=name):
                    word("div", name, "strong hours-name")
                    with node("div", "hours-periods"):
                        if not self._hours[day]:
                            word("span", t("company.closed"), "quiet")
                        for n, period in enumerate(self._hours[day]):
                            self._period(day, n, period)
                    again = t("company.add-break") if self._hours[day] else t("company.open")
                    press(again, lambda _, day=day: self._add(day), "ghost small", label=f"{again}: {name}")

    def _period(self, day: str, n: int, period: list[str]) -> None:
        t = self._t
        name = t(f"weekday.{day}")
        with node("div", "hours-period"):
            for end, key in ((0, "company.from"), (1, "company.until")):
                field = ui.input(value=period[end]).props("type=time dense outlined")
                field.props["aria-label"] = f"{name} {n + 1}: {t(key)}"
                field.on_value_change(lambda e, end=end: period.__setitem__(end, str(e.value or "")))
                if end == 0:
                    word("span", "–", aria_hidden="true")
            press(
                "",
                lambda _: self._remove(day, n),
                "round",
                icon="close",
                label=t("company.remove-period", day=name, n=n + 1),
            )

    def _add(self, day: str) -> None:
        """The next period begins an hour after the last one, as after lunch."""
        periods = self._hours[day]
        if not periods:
            periods.append(["08:00", "18:00"])
        else:
            last = periods[-1][1] or "12:00"
            hour = min(int(last[:2]) + 1, 22)
            periods.append([f"{hour:02}:{last[3:]}", f"{min(hour + 4, 23):02}:{last[3:]}"])
        self._draw()

    def _remove(self, day: str, n: int) -> None:
        del self._hours[day][n]
        self._draw()
