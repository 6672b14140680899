"""How heavy the pages are, and how soon something stands there."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.bench]

KB_AT_MOST = 150
FIRST_PAINT_MS = 1_000
RUNS = 5
PAGES = {
    "/": None,
    "/kiosk": None,
    "/kiosk?size=large": None,
    "/counter/3": "CH005",
    "/counter/3/rating": None,
    "/display?area=f1": None,
    "/display/counter/3": None,
    "/display/staff": None,
    "/guide": "CH003",
    "/manage": "CH001",
    "/manage/report": "CH001",
    "/manage/setup": "CH001",
    "/manage/setup/service?id=biz-setup": "CH001",
    "/manage/devices": None,
    "/sign-in": None,
    "/api/docs": None,
    "follow": None,
}
PAINTED = """() => new Promise((done) => new PerformanceObserver((seen) => {
  const first = seen.getEntriesByName("first-contentful-paint")[0]
  if (first) done(first.startTime)
}).observe({ type: "paint", buffered: true }))"""


@pytest.mark.parametrize("path", list(PAGES))
def test_a_page_is_light_and_soon_there(visit, hall, path):
    """Everything a page fetches weighs 150 kB at most; the first words stand there within a second, in an empty browser."""
    address = hall.takes()["follow"] if path == "follow" else path
    visit(address, who=PAGES[path], live=path != "/manage/report").context.close()  # the server has warmed up
    painted = []
    for _ in range(RUNS):
        page = visit(address, who=PAGES[path], live=False)
        painted.append(page.evaluate(PAINTED))
        page.context.close()
    page = visit("about:blank", who=PAGES[path])
    answers = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 (it hears plain functions only)
    page.goto(address, wait_until="networkidle")
    weight = {answer.url.removeprefix(hall.url): len(answer.body()) for answer in answers if answer.ok}
    kb = sum(weight.values()) / 1000
    print(f"\n{path}: {kb:.0f} kB in {len(weight)} answers, first contentful paint {sorted(painted)[RUNS // 2]:.0f} ms")

    assert kb <= KB_AT_MOST
    assert sorted(painted)[RUNS // 2] <= FIRST_PAINT_MS
