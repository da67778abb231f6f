"""Opens a running front end in a browser, presses Predict and prints the number it shows.

    pip install -r requirements-browser.txt     # and a Chromium, such as Debian's
    python browser.py --url http://localhost:8501 --expect 5.06 --screenshot page.png

Exits with 0 where the page shows a number, which is the expected one if there is one.
"""

import argparse
import re
import sys
from decimal import Decimal, InvalidOperation

from playwright.sync_api import Error, expect, sync_playwright


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--url", required=True, help="address of the page")
    options.add_argument("--expect", help="the answer, a number or text; digits that the page leaves out do not count")
    options.add_argument("--screenshot", help="PNG file to write, also where something fails")
    options.add_argument("--chromium", default="/usr/bin/chromium", help="the browser (default: %(default)s)")
    options.add_argument("--timeout", type=float, default=60, help="seconds for each step (default: %(default)g)")
    given = options.parse_args()
    with sync_playwright() as playwright:
        # Without its sandbox, Chromium also runs as root in a container; it opens one page, ours.
        browser = playwright.chromium.launch(executable_path=given.chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1000, "height": 1300})
        page.set_default_timeout(given.timeout * 1000)
        expect.set_options(timeout=given.timeout * 1000)
        try:
            shown = ask(page, given.url)
        except (Error, AssertionError) as error:
            print(f"The page at {given.url} shows no answer: {error}", file=sys.stderr)
            return 1
        finally:
            if given.screenshot:
                page.screenshot(path=given.screenshot, full_page=True)
            browser.close()
    print(shown)
    if given.expect is not None and not agrees(shown, given.expect):
        print(f"The page shows {shown}, expected {given.expect}", file=sys.stderr)
        return 1
    return 0


def ask(page, url: str) -> str:
    page.goto(url)
    button, answer = page.get_by_role("button", name="Predict"), page.locator(".st-key-answer")
    fault = page.get_by_test_id("stAlert").or_(page.get_by_test_id("stException"))
    expect(button.or_(fault).first).to_be_visible()
    if button.count():
        button.click()
        expect(answer.or_(fault).first).to_be_visible()
        if answer.count():
            settle(page, answer)
    if fault.count():
        said = [*fault.all_inner_texts(), *page.get_by_test_id("stCode").all_inner_texts()]
        raise AssertionError("\n".join(said))
    metric = answer.get_by_test_id("stMetricValue")
    text = (metric if metric.count() else answer).inner_text().strip()
    number = re.match(r"[+-]?\d+(\.\d+)?(e[+-]?\d+)?", text)
    return number[0] if number else text


def settle(page, answer) -> None:
    """Waits until the answer no longer changes: it appears piece by piece."""
    before = None
    while (now := answer.inner_html()) != before:
        before = now
        page.wait_for_timeout(1000)


def agrees(shown: str, expected: str) -> bool:
    """Whether the page shows the expected number, rounded as the page rounds it."""
    try:
        number, wanted = Decimal(shown), Decimal(expected)
    except InvalidOperation:
        return shown == expected
    half = Decimal(5).scaleb(number.as_tuple().exponent - 1)
    return abs(number - wanted) <= half


if __name__ == "__main__":
    sys.exit(main())
