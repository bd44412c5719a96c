"""`make pictures`: fills a throw-away database with the demo company and photographs the pages
the README shows, into docs/pictures/. `python -m tests.pictures board` takes that one alone."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from playwright.sync_api import Browser, Page, sync_playwright

from crm.launch import chromium

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "pictures"
DATABASE = "crm_pictures"
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage"]
SIZE = {"width": 1440, "height": 900}


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
    os.environ.setdefault("CRM_HOME", str(ROOT / "var"))
    from tests.bench.servers import bench_servers

    with bench_servers() as address, throw_away(address) as url:
        os.environ["DATABASE_URL"] = url
        fill()
        from tests.bench.server import Server

        with Server() as server:
            photograph(f"http://127.0.0.1:{server.port}")
        let_go()


@contextmanager
def throw_away(address: Callable[[str], str]) -> Iterator[str]:
    with psycopg.connect(address("postgres"), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {DATABASE}")
        yield address(DATABASE)
        server.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")


def fill() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from crm.models import User

    call_command("migrate", verbosity=0)
    call_command("demo", size="small")
    User.objects.update(language="en")


def let_go() -> None:
    from django.db import connections

    connections.close_all()


def photograph(address: str) -> None:
    from tests.pictures.scenes import scenes

    FOLDER.mkdir(parents=True, exist_ok=True)
    shown = [scene for scene in scenes() if scene.name in sys.argv or not sys.argv[1:]]
    # Playwright runs an event loop in this thread, which Django would take for asynchronous code.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=ARGUMENTS)
        pages: dict[str, Page] = {}
        for scene in shown:
            page = pages.get(scene.who) or signed_in(browser, address, scene.who)
            pages[scene.who] = page
            target = FOLDER / f"{scene.name}.png"
            target.write_bytes(picture(page, scene))
            size = target.stat().st_size / 1000
            sys.stdout.write(f"{target.relative_to(ROOT)}  {size:.0f} kB\n")
        browser.close()


def signed_in(browser: Browser, address: str, who: str) -> Page:
    page = browser.new_context(base_url=address, viewport=SIZE).new_page()  # type: ignore[arg-type]
    page.goto("/user/login/")
    page.fill("[name=login]", who)
    page.fill("[name=password]", "demo")
    page.press("[name=password]", "Enter")
    page.wait_for_selector("summary.me")
    return page


def picture(page: Page, scene: Any) -> bytes:
    from tests.pictures.palette import with_palette

    page.emulate_media(color_scheme=scene.theme, reduced_motion="reduce")
    page.goto(scene.path)
    for selector in scene.clicks:
        page.locator(selector).first.click()
    page.mouse.move(SIZE["width"] - 1, SIZE["height"] - 1)
    page.wait_for_load_state("networkidle")
    return with_palette(page.context, page.screenshot())


if __name__ == "__main__":
    main()
