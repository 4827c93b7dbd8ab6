"""The canvas as a person uses it: what each gesture sends, and what the screen shows before and after the answer."""

from __future__ import annotations

import json

import pytest
from board import Board
from playwright.sync_api import Page
from stand import HOSTILE, view

pytestmark = pytest.mark.browser


def test_dragging_a_step_is_one_move_on_the_grid_and_small_on_the_wire(board: Board) -> None:
    sent: list[str] = []
    board.page.on("websocket", lambda ws: ws.on("framesent", lambda data: sent.append(str(data))))
    board.page.reload()
    board.page.wait_for_selector(".tc-step")
    x, y = board.node("n0")
    board.drag((x, y), (x + 104, y - 133))
    (move,) = board.until("command")
    assert move == {"do": "move", "to": {"n0": [100, -130]}}
    board.settled()
    assert next(len(frame) for frame in sent if "move" in frame) < 300


def test_a_box_selects_and_what_is_selected_moves_as_one(board: Board) -> None:
    x, y = board.node("n0")
    board.drag((x - 160, y - 80), (x + 500, y + 200), shift=True)
    assert board.until("select")[-1][1] == ["n0", "n1"]
    board.drag((x, y), (x + 50, y + 50))
    (move,) = board.until("command")
    assert move == {"do": "move", "to": {"n0": [50, 50], "n1": [370, 50]}}


def test_an_edge_snaps_to_the_nearest_step_and_a_loose_one_asks_what_to_insert(board: Board) -> None:
    board.drag(board.exit("n1", "no"), (3 * 320 - 25, 45))
    (connect,) = board.until("command")
    assert connect == {"do": "connect", "from": "n1", "exit": "no", "to": "n3"}
    board.drag(board.exit("n1", "timeout"), (500, 420))
    (ask,) = board.until("ask")
    assert ask == ["insert", {"kind": None, "at": [500, 400], "from": ["n1", "timeout"]}]


def test_the_end_of_an_edge_is_taken_to_another_step(board: Board) -> None:
    board.click((280, 20))
    board.drag((312, 20), (2 * 320 + 20, 20))
    (connect,) = board.until("command")
    assert connect == {"do": "connect", "from": "n0", "exit": "next", "to": "n2"}


def test_the_beginning_of_an_edge_is_taken_to_another_exit(board: Board) -> None:
    x, y = board.exit("n1", "yes")
    tx, ty = board.exit("n1", "timeout")
    board.click(board.shown("s.wayOf('n1\\nyes').middle"))
    board.drag((x + 18, y), (tx + 4, ty + 4))
    (batch,) = board.until("command")
    assert batch["commands"] == [
        {"do": "disconnect", "from": "n1", "exit": "yes"},
        {"do": "connect", "from": "n1", "exit": "timeout", "to": "n2"},
    ]


def test_a_loose_step_dropped_on_an_edge_comes_between_in_one_command(board: Board) -> None:
    board.say("ops", [["node", {**view(9), "id": "new", "x": 0, "y": 240}]])
    board.page.wait_for_selector("[data-node=new]")
    board.drag((120, 260), (280, 20))
    (batch,) = board.until("command")
    assert [one["do"] for one in batch["commands"]] == ["move", "connect", "connect"]
    board.settled()
    assert board.shown("s.graph.edges.get('n0').get('next')") == "new"
    assert board.shown("s.graph.edges.get('new').get('yes')") == "n1"


def test_a_palette_item_dropped_on_an_edge_stands_between_its_ends(board: Board) -> None:
    x, y = board.at(280, 20)
    box = board.root.bounding_box()
    assert box is not None
    item = board.page.locator("[data-node-kind]")
    item.drag_to(board.root, target_position={"x": x - box["x"], "y": y - box["y"]})
    (ask,) = board.until("ask")
    assert ask == ["insert", {"kind": "send_message", "at": [160, 0], "edge": ["n0", "next"]}]


def test_delete_asks_so_that_the_edges_can_be_healed(board: Board) -> None:
    board.click(board.node("n2"))
    board.press("Delete")
    (ask,) = board.until("ask")
    assert ask == ["delete", {"ids": ["n2"], "edges": [], "notes": []}]
    board.click((280, 20))
    board.press("Delete")
    assert board.until("command") == [{"do": "disconnect", "from": "n0", "exit": "next"}]


def test_what_is_copied_can_be_pasted(board: Board) -> None:
    board.click(board.node("n0"))
    board.page.keyboard.down("Shift")
    board.click(board.node("n1"))
    board.page.keyboard.up("Shift")
    board.press("Control+c", "Control+v")
    (ask,) = board.until("ask")
    assert ask[0] == "paste"
    part = json.loads(ask[1]["text"])
    assert [n["id"] for n in part["nodes"]] == ["n0", "n1"]
    assert part["edges"] == [{"from": "n0", "exit": "next", "to": "n1"}]
    assert part["layout"] == {"n0": {"x": 0, "y": 0}, "n1": {"x": 320, "y": 0}}


def test_keys_walk_move_and_ask(board: Board) -> None:
    board.root.focus()
    board.press("Tab", "Alt+ArrowRight")
    assert board.until("select", 2)[-1][1] == ["n1"]
    board.press("ArrowRight", "ArrowRight", "Shift+ArrowDown")
    (move,) = board.until("command")
    assert move == {"do": "move", "to": {"n1": [340, 50]}}
    board.press("Enter", "Control+z", "Control+k", "?", "/")
    asked = [kind for kind, _ in board.until("ask", 5)]
    assert asked == ["open", "undo", "palette", "help", "insert"]
    assert "Passo 1" in board.page.locator("[aria-live]").first.inner_text()


def test_an_edge_is_made_by_keyboard_alone(board: Board) -> None:
    board.root.focus()
    board.press("Tab", "Tab", "c")
    assert "Ligando “Não”" in board.page.locator(".tc-banner").inner_text()
    board.press("c", "Tab", "Tab", "Enter")
    (connect,) = board.until("command")
    assert connect == {"do": "connect", "from": "n1", "exit": "timeout", "to": "n3"}


def test_tidying_up_is_one_move_of_everything(board: Board) -> None:
    board.root.focus()
    board.press("l")
    (move,) = board.until("command")
    assert sorted(move["to"]) == ["n0", "n1", "n2", "n3", "n4", "n5"]
    columns = [move["to"][f"n{i}"][0] for i in range(6)]
    assert columns == sorted(columns)
    assert all(value % 10 == 0 for at in move["to"].values() for value in at)


def test_tidying_up_a_thousand_steps_in_a_chain_keeps_them_together(page: Page, stand: str) -> None:
    board = Board(page, stand, "thousand")
    board.open(nodes=1000)
    board.root.focus()
    board.press("l")
    (move,) = board.until("command")
    places = list(move["to"].values())
    assert len(places) == 1000
    assert len({tuple(at) for at in places}) == 1000
    wide, high = (max(at[i] for at in places) - min(at[i] for at in places) for i in (0, 1))
    assert wide < 5 * high


def test_an_exit_s_figure_leads_to_its_conversations(board: Board) -> None:
    board.say("paint", "heat", {"edges": {"n1.no": {"count": 247, "share": 0.21}}})
    board.page.get_by_text("247", exact=True).click()
    assert board.until("ask") == [["exit", {"id": "n1", "exit": "no"}]]


def test_a_group_folds_into_one_box_that_its_edges_lead_to(board: Board) -> None:
    board.say("do", {"do": "put_group", "group": {"id": "g", "title": "Início", "nodes": ["n1", "n2"]}})
    board.page.get_by_role("button", name="Recolher grupo").click()
    (put,) = board.until("command")
    assert put == {
        "do": "put_group",
        "group": {"id": "g", "title": "Início", "nodes": ["n1", "n2"], "folded": True},
    }
    board.settled()
    box = board.shown("s.boxOf('group:g')")
    assert board.shown("s.graph.way('n0', 'next').points.slice(-2)") == [box[0], (box[1] + box[3]) / 2]
    assert board.shown("s.graph.way('n1', 'yes')") is None
    assert board.page.locator("[data-node=n1]").count() == 0


def test_a_step_dropped_into_a_group_joins_it_and_can_leave(board: Board) -> None:
    board.say("do", {"do": "put_group", "group": {"id": "g", "title": "Início", "nodes": ["n1", "n2"]}})
    board.page.wait_for_selector(".tc-frame")
    board.drag(board.node("n5"), (320 + 240, 150))
    (batch,) = board.until("command")
    assert batch["commands"][1]["group"]["nodes"] == ["n1", "n2", "n5"]
    board.settled()
    board.press("Shift+G")
    leave = board.until("command", 2)[1]
    assert leave == {"do": "put_group", "group": {"id": "g", "title": "Início", "nodes": ["n1", "n2"]}}


def test_a_note_is_written_in_its_place(board: Board) -> None:
    board.say("do", {"do": "put_note", "note": {"id": "k", "text": "", "x": 0, "y": 200}})
    board.page.locator(".tc-note").dblclick()
    board.page.keyboard.type("Falar com o financeiro")
    board.press("Escape")
    (put,) = board.until("command")
    assert put["note"]["text"] == "Falar com o financeiro"
    assert board.page.locator(".tc-note-text").inner_text() == "Falar com o financeiro"


def test_a_refused_command_goes_back_and_says_why(board: Board) -> None:
    board.say("set", "refuse", True)
    x, y = board.node("n0")
    board.drag((x, y), (x + 100, y + 100))
    board.until("command")
    board.settled()
    assert board.shown("s.boxOf('n0').slice(0, 2)") == [0, 0]
    assert "mudou" in board.page.locator(".tc-banner").inner_text()


def test_at_a_distance_steps_are_drawn_and_work_all_the_same(page: Page, stand: str) -> None:
    board = Board(page, stand, "far")
    board.open(nodes=200)
    board.root.focus()
    board.press("f")
    page.wait_for_selector(".tc-step", state="detached")
    assert board.shown("s.near") is False
    board.click(board.node("n30"))
    assert board.until("select")[-1][1] == ["n30"]
    x, y = board.node("n30")
    board.drag((x, y), (x + 300, y + 100))
    (move,) = board.until("command")
    assert move == {"do": "move", "to": {"n30": [1900, 300]}}


def test_what_others_do_never_moves_a_step_in_the_hand(board: Board) -> None:
    x, y = board.node("n0")
    mouse = board.page.mouse
    mouse.move(*board.at(x, y))
    mouse.down()
    mouse.move(*board.at(x + 50, y + 50), steps=3)
    board.say("do", {"do": "move", "to": {"n0": [900, 900], "n1": [300, 300]}})
    board.page.wait_for_function("document.querySelector('.trama-canvas').trama.boxOf('n1')[0] === 300")
    assert board.shown("s.boxOf('n0').slice(0, 2)") == [50, 50]
    board.press("Escape")
    assert board.shown("s.boxOf('n0').slice(0, 2)") == [900, 900]
    mouse.up()
    assert board.commands() == []


def test_what_was_not_answered_is_sent_again_after_a_reload(board: Board) -> None:
    board.say("set", "deaf", True)
    x, y = board.node("n0")
    board.drag((x, y), (x + 100, y))
    board.until("command")
    board.say("set", "deaf", False)
    board.page.reload()
    board.page.wait_for_selector(".tc-step")
    board.settled()
    first, again = board.told("command")[:2]
    assert first == again
    assert board.shown("s.boxOf('n0').slice(0, 2)") == [100, 0]


def test_without_connection_one_can_look_and_is_told_so(board: Board) -> None:
    board.page.evaluate("window.socket.io.engine.close()")
    board.page.wait_for_selector(".tc-banner[data-shown]")
    assert "Sem conexão" in board.page.locator(".tc-banner").inner_text()
    board.page.wait_for_selector(".tc-banner:not([data-shown])", state="attached")
    assert board.shown("s.editable") is True


def test_texts_of_people_stay_texts(board: Board) -> None:
    hostile = {**view(0, title=HOSTILE), "lines": [HOSTILE]}
    hostile["exits"] = [
        {"name": "a", "label": HOSTILE, "kind": "normal"},
        {"name": "b", "label": "b", "kind": "error"},
    ]
    board.say("ops", [["node", hostile]])
    board.say("do", {"do": "put_note", "note": {"id": "k", "text": HOSTILE, "x": 0, "y": 300}})
    board.say("marks", {"n0": [1, 0, HOSTILE]})
    board.page.wait_for_selector(".tc-mark")
    assert board.page.locator(".tc-title").first.inner_text() == HOSTILE
    assert board.page.locator(".trama-canvas img").count() == 0
    assert board.page.evaluate("window.hacked") is None


def test_who_may_only_read_changes_nothing(page: Page, stand: str) -> None:
    board = Board(page, stand, "reader")
    board.open(nodes=6, editable=0)
    x, y = board.node("n0")
    board.drag((x, y), (x + 100, y + 100))
    board.drag(board.exit("n1", "no"), (3 * 320, 20))
    board.press("Delete", "/")
    page.wait_for_selector(".tc-banner[data-shown]")
    assert board.commands() == []
    assert board.asks() == []
    assert board.shown("s.boxOf('n0').slice(0, 2)") == [0, 0]
