"""The first page of the demo: what is here, in the order of a visit."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_the_start_page_leads_to_every_page_of_a_visit(visit, screens):
    """Four numbered steps, and the phone, the manager and the devices beside them; each opens in a window of its own."""
    page = visit("/", size=screens.start)

    expect(page.locator("ol.steps > li")).to_have_count(4)
    for address in ("/kiosk", "/counter/3", "/display?area=f1", "/counter/3/rating", "/manage", "/manage/devices"):
        link = page.locator(f'.step a[href="{address}"]').first
        expect(link).to_have_attribute("target", "_blank")
    with page.context.expect_page() as opened:
        page.locator('ol.steps a[href="/kiosk"]').first.click()
    expect(opened.value.locator("[data-service]").first).to_be_visible()
