"""Goes through sign-in as a person does, in a browser, and prints what happened as JSON, a line for each step.

    PYTHONPATH=frontend python person.py --mlflow https://mlflow.ml.test:8443 --app https://app.ml.test:8443 \
        --issuer http://login.test:9400 --login bob --experiment wine --screenshot page.png
"""

import argparse
import json
from urllib.parse import quote, urlsplit

from browser import agrees, ask
from playwright.sync_api import Page, expect, sync_playwright


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("mlflow", "app", "issuer", "login", "experiment", "screenshot"):
        options.add_argument(f"--{name}", required=True)
    options.add_argument("--predicts", help="presses Predict; what a model behind the page is to say")
    given = options.parse_args()
    expect.set_options(timeout=60_000)
    with sync_playwright() as playwright:
        # Without its sandbox, Chromium also runs as root; the certificate's authority is one of this test.
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        context = browser.new_context(ignore_https_errors=True, viewport={"width": 1200, "height": 800})
        context.set_default_timeout(60_000)
        page = context.new_page()
        failed: list[str] = []
        page.on("response", lambda answer: answer.status >= 400 and failed.append(f"{answer.status} {answer.url}"))
        try:
            step(**sign_in(page, given))
            if page.locator("text=403").count() or page.title().startswith("403"):
                return
            step(**sees_experiments(page, given, failed))
            page.screenshot(path=given.screenshot)
            step(**single_sign_on(page, given))
            step(**shows_page(page, given))
            if given.predicts is not None:
                number = ask(page, given.app + "/")
                step(step="prediction", number=number, agrees=agrees(number, given.predicts))
            step(**signs_out(page, given))
        finally:
            browser.close()


def step(**seen: object) -> None:
    print(json.dumps(seen), flush=True)


def host_of(page: Page) -> str:
    return urlsplit(page.url).hostname or ""


def sign_in(page: Page, given: argparse.Namespace) -> dict:
    """Opens MLflow, which leads to the issuer, and signs in there."""
    page.goto(given.mlflow + "/#/experiments")
    asked = host_of(page)
    page.fill("[name=login]", given.login)
    page.fill("[name=password]", "any")
    with page.expect_navigation(url=lambda url: url.startswith(given.mlflow)) as navigation:
        page.click("[type=submit]")
    page.wait_for_load_state()
    return {"step": "sign-in", "asked": asked, "arrived": host_of(page), "status": last_status(navigation.value)}


def last_status(response) -> int:
    return response.status if response else 0


def sees_experiments(page: Page, given: argparse.Namespace, failed: list[str]) -> dict:
    failed.clear()
    page.goto(given.mlflow + "/#/experiments")
    page.reload()
    expect(page.get_by_text(given.experiment).first).to_be_visible()
    return {"step": "experiments", "failed": failed.copy()}


def single_sign_on(page: Page, given: argparse.Namespace) -> dict:
    """Opens another host, with no page of the issuer in between."""
    response = page.goto(given.app + "/oauth2/userinfo")
    return {"step": "single sign-on", "host": host_of(page), "status": last_status(response), "who": response.text()}


def shows_page(page: Page, given: argparse.Namespace) -> dict:
    """The page of the front end, all of which comes over a WebSocket."""
    frames = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda _: frames.append(1)))
    page.goto(given.app + "/")
    expect(page.get_by_role("button", name="Predict")).to_be_visible()
    return {"step": "page", "shown": True, "frames": len(frames)}


def signs_out(page: Page, given: argparse.Namespace) -> dict:
    """By the documented link: out of the platform, and of the issuer."""
    end = f"{given.issuer}/session/end?client_id=platform&post_logout_redirect_uri={quote(given.mlflow + '/', safe='')}"
    page.goto(f"{given.mlflow}/oauth2/sign_out?rd={quote(end, safe='')}")
    left_for = host_of(page)
    page.get_by_role("button", name="Yes").click()
    page.wait_for_load_state()
    page.goto(given.mlflow + "/#/experiments")
    return {"step": "sign-out", "through": left_for, "then": host_of(page), "form": page.locator("[name=login]").count()}


if __name__ == "__main__":
    main()
