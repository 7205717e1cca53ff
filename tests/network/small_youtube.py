"""A YouTube small enough for a test, as the real yt-dlp asks it: page, player, API, media.

Its player holds a challenge as the real one does: the medium is given only to whoever asks for the
`n` that the player's JavaScript computes, so a fetch needs Deno and the challenge solver.
"""

from __future__ import annotations

import io
import json
from collections.abc import Awaitable, Callable

import numpy as np
import soundfile
from aiohttp import web

VIDEO = "dQw4w9WgXcQ"
TITLE = "A small beat"
SITE = "www.youtube.com"
MEDIA = "rr1---sn-atl.googlevideo.com"
PLAYER = "/s/player/0a1b2c3d/player_ias.vflset/en_US/base.js"
CHALLENGE = "abcdefgh"

# The shape that yt-dlp's solver looks for: a function that sets "alr" and returns a URL whose
# prototype has one more method, which answers the challenge. Here it turns the text round.
PLAYER_JS = """var _yt_player={};(function(g){
var window=this;
function Address(u){this.u=u;this.p={};}
Address.prototype.set=function(k,v){this.p[k]=v;};
Address.prototype.get=function(k){return this.p[k];};
Address.prototype.clone=function(){return this;};
Address.prototype.answer=function(){this.p.n=this.p.n.split("").reverse().join("");};
var make=function(u,k,s){var a=new Address(u);a.set("alr","yes");if(k&&s)a.set(k,s);return a;};
var config={signatureTimestamp:20000};
})(_yt_player);
"""


def beat(seconds: float = 8.0) -> bytes:
    """Four clicks a bar at 120 BPM over a tone, as a WAV file."""
    t = np.arange(int(seconds * 22_050)) / 22_050
    clicks = np.sin(2 * np.pi * 90 * t) * np.exp(-30 * (t % 0.5))
    file = io.BytesIO()
    soundfile.write(file, 0.5 * clicks + 0.1 * np.sin(2 * np.pi * 220 * t), 22_050, format="WAV")
    return file.getvalue()


class SmallYouTube:
    """The site. `redirect` is where the medium leads instead of to a beat, `on_page` what happens
    when the page is asked for (a test changes what names resolve to there)."""

    def __init__(self) -> None:
        self.beat = beat()
        self.redirect = ""
        self.page_redirect = ""
        self.on_page: Callable[[], None] = lambda: None
        self.asked: list[str] = []
        self.app = web.Application(middlewares=[self.note])
        self.app.router.add_get("/watch", self.page)
        self.app.router.add_get(PLAYER, self.player)
        self.app.router.add_post("/youtubei/v1/player", self.api)
        self.app.router.add_post("/youtubei/v1/search", self.search)
        self.app.router.add_get("/videoplayback", self.media)

    @web.middleware
    async def note(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        self.asked.append(f"{request.host}{request.path}")
        response = await handler(request)
        # Every request resolves its name anew.
        response.force_close()
        return response

    def answer(self) -> dict[str, object]:
        address = f"https://{MEDIA}/videoplayback?itag=140&n={CHALLENGE}"
        return {
            "playabilityStatus": {"status": "OK"},
            "videoDetails": {
                "videoId": VIDEO,
                "title": TITLE,
                "lengthSeconds": "8",
                "isLiveContent": False,
                "shortDescription": "",
            },
            "streamingData": {
                "adaptiveFormats": [
                    {
                        "itag": 140,
                        "url": address,
                        "mimeType": 'audio/mp4; codecs="mp4a.40.2"',
                        "bitrate": 130_000,
                        "audioQuality": "AUDIO_QUALITY_MEDIUM",
                        "contentLength": str(len(self.beat)),
                        "approxDurationMs": "8000",
                    }
                ]
            },
        }

    async def page(self, _: web.Request) -> web.Response:
        self.on_page()
        if self.page_redirect:
            raise web.HTTPFound(self.page_redirect)
        config = {"PLAYER_JS_URL": PLAYER, "INNERTUBE_API_KEY": "key"}
        text = (
            f"<html><script>ytcfg.set({json.dumps(config)});</script>"
            f"<script>var ytInitialPlayerResponse = {json.dumps(self.answer())};</script>"
            '<script>var ytInitialData = {"contents": {"x": 1}};</script></html>'
        )
        return web.Response(text=text, content_type="text/html")

    async def player(self, _: web.Request) -> web.Response:
        return web.Response(text=PLAYER_JS, content_type="text/javascript")

    async def api(self, _: web.Request) -> web.Response:
        return web.json_response(self.answer())

    async def search(self, _: web.Request) -> web.Response:
        video = {
            "videoId": VIDEO,
            "title": {"runs": [{"text": TITLE}]},
            "lengthText": {"simpleText": "0:08"},
            "ownerText": {"runs": [{"text": "A channel"}]},
        }
        found = {"itemSectionRenderer": {"contents": [{"videoRenderer": video}]}}
        results = {"sectionListRenderer": {"contents": [found]}}
        return web.json_response(
            {"contents": {"twoColumnSearchResultsRenderer": {"primaryContents": results}}}
        )

    async def media(self, request: web.Request) -> web.Response:
        if self.redirect:
            raise web.HTTPFound(self.redirect)
        if request.query.get("n") != CHALLENGE[::-1]:
            raise web.HTTPForbidden
        return web.Response(body=self.beat, content_type="audio/mp4")
