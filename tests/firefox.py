"""A page in the installed Firefox, driven by WebDriver BiDi, since Playwright supports only its own build."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tornado.websocket import WebSocketClientConnection, websocket_connect

NAMES = ("firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox")
SECONDS = 60.0  # timeout of a command
MESSAGE = 64 << 20  # size limit of an answer in bytes; a picture of a page is one
PREFS = {
    "media.autoplay.default": 0,  # films play without a click
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.proxy.type": 0,
    "toolkit.telemetry.enabled": False,
}


class Firefox:
    """A Firefox window with one page."""

    def __init__(self, loop: asyncio.AbstractEventLoop, socket: WebSocketClientConnection) -> None:
        self.loop, self.socket, self.number = loop, socket, 0
        self.call("session.new", capabilities={})
        self.page = self.call("browsingContext.getTree")["contexts"][0]["context"]

    def call(self, method: str, **params: Any) -> Any:
        """Send a command and return its result. Raises AssertionError with Firefox's message when it fails."""
        self.number += 1
        return self.loop.run_until_complete(asyncio.wait_for(self._call(self.number, method, params), SECONDS))

    async def _call(self, number: int, method: str, params: dict[str, Any]) -> Any:
        await self.socket.write_message(json.dumps({"id": number, "method": method, "params": params}))
        while (text := await self.socket.read_message()) is not None:
            answer = json.loads(text)
            if answer.get("id") == number:
                assert answer["type"] == "success", f"{method}: {answer.get('message')}"
                return answer["result"]
        raise AssertionError(f"{method}: Firefox ended")

    def go(self, address: str, *, width: int = 1000, height: int = 800) -> None:
        self.call("browsingContext.setViewport", context=self.page, viewport={"width": width, "height": height})
        self.call("browsingContext.navigate", context=self.page, url=address, wait="complete")

    def run(self, code: str) -> Any:
        """Return the value of a JavaScript expression, or of its promise; it must be possible as JSON."""
        answer = self.call(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await ({code})) ?? 'null')()",
            target={"context": self.page},
            awaitPromise=True,
        )
        assert answer["type"] == "success", answer["exceptionDetails"]["text"]
        return json.loads(answer["result"]["value"])

    def wait(self, condition: str, seconds: float = 60.0) -> None:
        """Wait until a condition is true; it is checked before each frame that the page draws."""
        code = (
            "new Promise((done, fail) => { const end = performance.now() + %d; const look = () => {"
            " if (%s) done(true); else if (performance.now() > end) fail(new Error('never: ' + %s));"
            " else requestAnimationFrame(look); }; look(); })"
        )
        self.run(code % (1000 * seconds, condition, json.dumps(condition)))

    def press(self, key: str) -> None:
        actions = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        keyboard = {"type": "key", "id": "keyboard", "actions": actions}
        self.call("input.performActions", context=self.page, actions=[keyboard])


def found() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def opened(folder: Path) -> Iterator[Firefox]:
    """Start Firefox with a new profile in this folder; skip the test if it is not installed."""
    program = found()
    if program is None:
        pytest.skip("there is no Firefox: install one, then ./dev test again")
    prefs = "".join(f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFS.items())
    (folder / "user.js").write_text(prefs, encoding="utf-8")
    command = [program, "--headless", "--no-remote", "--profile", str(folder), "--remote-debugging-port", "0"]
    log = folder / "log"
    loop = asyncio.new_event_loop()
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        socket = loop.run_until_complete(asyncio.wait_for(_connected(process, log), SECONDS))
        yield Firefox(loop, socket)
        socket.close()
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        loop.close()


async def _connected(process: subprocess.Popen[bytes], log: Path) -> WebSocketClientConnection:
    """Connect to the address that Firefox prints on its standard error."""
    while not (said := re.search(r"BiDi listening on (ws://\S+)", log.read_text(errors="replace"))):
        assert process.poll() is None, f"Firefox ended: {log.read_text(errors='replace')[-500:]}"
        await asyncio.sleep(0.05)
    return await websocket_connect(f"{said[1]}/session", max_message_size=MESSAGE)
