"""Tables of the console that are longer than what one sees: all rows can be scrolled to and tabbed through, few are drawn."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.async_api import Page, expect

from acd.events import Ticked
from acd.model import AgentId, AgentState, CallId, CallState, Level, QueueId
from tests.browser.conftest import OpenPage, Served, sign_in_as
from tests.browser.test_accessible import violations
from tests.browser.test_console import console
from tests.unit.cti_api_house import LI, FakeEngine, waiting_call

WAITING, RUNNING, AGENTS = 300, 120, 90
SIZES = [(1280, 720), (900, 700), (3840, 2160)]
LAST = f"wait-{WAITING - 1}"
WAITING_BODY, ROWS = ".panel-waiting .panel-body", ".panel-waiting tr[data-call]"
SEEN = """body => {
  const {left, top, bottom} = body.getBoundingClientRect();
  const head = body.querySelector("thead").getBoundingClientRect().height;
  const at = y => document.elementFromPoint(left + 30, y)?.closest("tr[aria-rowindex]")?.getAttribute("aria-rowindex") ?? "nothing";
  return [at(top + head + 8), at(bottom - 12)];
}"""
"""Which rows stand at the upper and the lower edge of what one sees."""
COLUMNS = "body => [...body.querySelectorAll('thead th')].map(head => head.getBoundingClientRect().left)"


def crowd(engine: FakeEngine) -> None:
    """More callers and agents than any screen shows."""
    wang = engine.agents[LI]
    for number in range(AGENTS):
        agent = AgentId(f"agent-{number:03}")
        engine.agents[agent] = replace(wang, agent=agent, name=f"Agent {number}", state=AgentState.READY)
    for number in range(WAITING):
        call = waiting_call(f"wait-{number}", ani=f"139{number:08}", name=f"caller {number}", waited_seconds=WAITING - number)
        engine.calls[call.call] = call
    for number in range(RUNNING):
        call = replace(waiting_call(f"run-{number}", waited_seconds=RUNNING - number), state=CallState.TALKING, agent=LI)
        engine.calls[call.call] = call
    engine.tell(Ticked(), [engine.set(LI, AgentState.TALKING)])


async def scroll(page: Page, body: str, top: float) -> None:
    """To ``top`` of all there is (0 to 1)."""
    await page.locator(body).evaluate("(body, top) => body.scrollTo(0, top * body.scrollHeight)", top)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_what_one_sees_is_drawn_and_little_else(served: Served, open_page: OpenPage, size: tuple[int, int]) -> None:
    page = await open_page(served.address, size={"width": size[0], "height": size[1]})
    await sign_in_as(page, "chen")
    await page.locator(".console").wait_for()
    crowd(served.house.engine)
    await expect(page.locator(".panel-waiting table")).to_have_attribute("aria-rowcount", str(WAITING + 1))
    for area, count in (("waiting", WAITING), ("running", RUNNING), ("agents", AGENTS + 2)):
        body, rows = page.locator(f".panel-{area} .panel-body"), page.locator(f".panel-{area} tbody tr[aria-rowindex]")
        await expect(rows.first).to_be_visible()
        await body.scroll_into_view_if_needed()
        columns = await body.evaluate(COLUMNS)
        for top in (0.0, 0.31, 0.55, 1.0, 0.2):
            await scroll(page, f".panel-{area} .panel-body", top)
            edge = {0.0: "first == 2", 1.0: f"last == {count + 1}"}.get(top, "first <= last")
            drawn = f"document.querySelectorAll('.panel-{area} tbody tr[aria-rowindex]').length"
            await page.wait_for_function(f"""body => {{
                const [first, last] = ({SEEN})(body).map(Number);  // NaN where there is nothing, and then nothing holds
                return {edge} && {drawn} < Math.min({count}, 8 + 4 * (last - first + 1));
            }}""", arg=await body.element_handle())  # fmt: skip
            assert await body.evaluate(COLUMNS) == columns, "columns stay where they are"
    if size[0] > 1000:  # else the panels stand one below the other
        assert await page.evaluate("document.documentElement.scrollHeight <= innerHeight"), "the page itself does not scroll"
    assert await violations(page) == []


async def test_the_last_caller_is_there_when_the_list_shrinks_under_him(served: Served, open_page: OpenPage) -> None:
    page, engine = await console(served, open_page), served.house.engine
    crowd(engine)
    await expect(page.locator(ROWS).first).to_be_visible()
    await scroll(page, WAITING_BODY, 1.0)
    last = page.locator(f"tr[data-call={LAST}]")
    await expect(last).to_be_in_viewport()
    engine.calls = {call: view for call, view in engine.calls.items() if call in ("wait-7", "wait-8", LAST)}
    engine.tell(Ticked(), [engine.set(LI, AgentState.READY)])
    await expect(page.locator(ROWS)).to_have_count(3)
    await expect(page.locator(f"{WAITING_BODY} .room")).to_have_count(0)
    engine.calls.clear()
    engine.tell(Ticked(), [engine.set(LI, AgentState.TALKING)])
    await expect(page.get_by_text("Nobody waits")).to_be_visible()
    crowd(engine)
    await expect(page.locator("tr[data-call=wait-0]")).to_be_in_viewport()
    await expect(last).to_have_count(0)


async def test_the_keyboard_goes_through_all_rows_and_finds_its_own_again(served: Served, open_page: OpenPage) -> None:
    page, engine = await console(served, open_page), served.house.engine
    crowd(engine)
    link = page.locator("tr[data-call=wait-0] a")
    await link.focus()
    visited: list[str] = []
    while len(visited) < 24:
        row = await page.evaluate("document.activeElement.closest('tr').dataset.call")
        if row not in visited:
            visited.append(row)
        await page.keyboard.press("Tab")
    assert visited == [f"wait-{number}" for number in range(24)]
    held = page.locator("tr[data-call=wait-12] [data-opens=orders]")
    await scroll(page, WAITING_BODY, 12 / WAITING)
    await held.focus()
    await scroll(page, WAITING_BODY, 1.0)
    await expect(page.locator(f"tr[data-call={LAST}]")).to_be_in_viewport()
    await expect(held).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await expect(page.locator("tr[data-call=wait-13] a")).to_be_focused()
    await expect(page.locator("tr[data-call=wait-13] a")).to_be_in_viewport()


async def test_an_explanation_stays_unfolded_while_it_is_out_of_sight(served: Served, open_page: OpenPage) -> None:
    page, engine = await console(served, open_page), served.house.engine
    crowd(engine)
    await page.locator("tr[data-call=wait-1] [aria-expanded]").click()
    await expect(page.locator("tr[data-call=wait-1] + .explanation")).to_be_visible()
    await page.locator("tr[data-call=wait-0] a").focus()
    await scroll(page, WAITING_BODY, 0.5)
    middle = page.locator(f"tr[data-call=wait-{WAITING // 2}] a")
    await expect(middle).to_be_in_viewport()
    await middle.focus()
    await expect(page.locator("tr[data-call=wait-1]")).to_have_count(0)
    await scroll(page, WAITING_BODY, 0.0)
    await expect(page.locator("tr[data-call=wait-1] + .explanation")).to_be_visible()
    engine.calls.pop(CallId("wait-1"))
    engine.tell(Ticked(), [engine.set(LI, AgentState.READY)])
    await expect(page.locator(".explanation")).to_have_count(0)


async def test_queues_are_scrolled_by_product_line(served: Served, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = served.house.engine
    board = engine.board()
    names = [f"line{number:02}" for number in range(25)]
    queues = tuple(
        replace(queue, product_line=name, queue=QueueId(f"{name}.{queue.level}")) for name in names for queue in board.queues[: len(Level)]
    )
    monkeypatch.setattr(engine, "board", lambda: replace(board, queues=queues))
    page = await console(served, open_page)
    rows, body = page.locator(".panel-queues tr[data-queue]"), ".panel-queues .panel-body"
    await expect(page.locator(".panel-queues table")).to_have_attribute("aria-rowcount", str(len(queues) + 1))
    held = page.locator("tr[data-queue='line01.L2'] button")
    await held.focus()
    await scroll(page, body, 1.0)
    await expect(page.locator("tr[data-queue='line24.L3']")).to_be_in_viewport()
    await expect(page.locator("tr[data-queue='line24.L3']")).to_have_attribute("aria-rowindex", str(len(queues) + 1))
    await expect(page.locator("tr[data-queue='line12.L1']")).to_have_count(0)
    assert await rows.count() < len(queues)
    await expect(held).to_be_focused()
    await page.keyboard.press("Shift+Tab")
    await expect(page.locator("tr[data-queue='line01.L1'] button")).to_be_focused()
