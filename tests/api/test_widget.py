"""The embedded widget in a real browser: it talks, loses no message over a lost connection, and shows text as text."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn
from doors import Company
from greeting import greeting
from playwright.async_api import Page, async_playwright, expect

pytestmark = pytest.mark.browser
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip


class Site:
    """A server that can go away and come back on its address."""

    def __init__(self, company: Company) -> None:
        self.company = company
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]

    async def up(self) -> None:
        config = uvicorn.Config(
            self.company.app, port=self.port, lifespan="off", log_config=None, ws="websockets-sansio",
            timeout_graceful_shutdown=1,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._serving = asyncio.create_task(self._server.serve())
        async with asyncio.timeout(10):
            while not self._server.started:  # noqa: ASYNC110  uvicorn tells it in no other way
                await asyncio.sleep(0.01)

    async def down(self) -> None:
        self._server.should_exit = True
        await self._serving


@pytest.fixture
async def site(acme: Company) -> AsyncIterator[Site]:
    await acme.post("/api/v1/flows", json=greeting())
    await acme.post("/api/v1/flows/greeting/publish", json={})
    one = Site(acme)
    await one.up()
    yield one
    await one.down()


@pytest.fixture
async def page(site: Site) -> AsyncIterator[Page]:
    binary = next(
        (p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None
    )
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=binary, args=FLAGS)
        page = await browser.new_page(locale="pt-BR")
        await page.goto(f"http://127.0.0.1:{site.port}/webchat/{site.company.webchat}/demo")
        yield page
        await browser.close()


async def say(page: Page, text: str) -> None:
    await page.get_by_role("textbox", name="Escreva uma mensagem").fill(text)
    await page.keyboard.press("Enter")


async def test_a_conversation_and_its_memory(page: Page) -> None:
    await page.get_by_role("button", name="Abrir conversa").click()
    await say(page, "oi")
    await expect(page.get_by_text("Como se chama?")).to_be_visible()
    await say(page, "<img src=x onerror=alert(1)>")
    await expect(page.get_by_text("Olá, <img src=x onerror=alert(1)>!")).to_be_visible()
    assert await page.locator("#trama-webchat img").count() == 0
    await page.reload()
    await page.get_by_role("button", name="Abrir conversa").click()
    log = page.get_by_role("log")
    await expect(log.locator(".bubble")).to_have_count(4)
    await expect(log.locator(".mine").first).to_contain_text("oi")


async def test_what_is_written_while_the_server_is_away_arrives_once(page: Page, site: Site) -> None:
    await page.get_by_role("button", name="Abrir conversa").click()
    await say(page, "oi")
    await expect(page.get_by_text("Como se chama?")).to_be_visible()
    await site.down()
    await expect(page.get_by_role("status")).to_contain_text("Sem conexão")
    await say(page, "Ana")
    await site.up()
    await expect(page.get_by_text("Olá, Ana!")).to_be_visible(timeout=20_000)
    await expect(page.get_by_role("status")).to_be_hidden()
    assert await site.company.rows("SELECT text FROM message WHERE direction = 'in' ORDER BY id") == [
        ("oi",),
        ("Ana",),
    ]


async def test_it_can_be_used_by_keyboard_alone(page: Page) -> None:
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("textbox", name="Escreva uma mensagem")).to_be_focused()
    await page.keyboard.type("oi")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Como se chama?")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Abrir conversa")).to_be_focused()


async def test_what_comes_while_it_is_shut_is_counted(page: Page, site: Site) -> None:
    await page.get_by_role("button", name="Abrir conversa").click()
    await say(page, "oi")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Abrir conversa, não lidas: 1")).to_be_visible()
