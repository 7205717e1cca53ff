"""What is no lyric is neither, and has a kind. Every text here was written for this test."""

from __future__ import annotations

import pytest

from atl_core.genre.judge import judge

PROSE = [
    """The committee met on Tuesday to review the annual budget. After a lengthy discussion the
members agreed that the proposal required further amendment, and that a revised version should be
circulated to all departments before the end of the financial year.""",
    """Photosynthesis is the process by which green plants convert light into chemical energy. The
reaction takes place within the chloroplasts, where chlorophyll absorbs sunlight and carbon
dioxide is combined with water to produce glucose and oxygen.""",
    """To install the driver, download the archive from the manufacturer's website and extract
its contents into a temporary directory. Execute the installer with administrator privileges and
follow the instructions that are displayed on the screen.""",
]

CODE = [
    """def quicksort(items):
    if len(items) <= 1:
        return items
    pivot = items[len(items) // 2]
    left = [x for x in items if x < pivot]
    return quicksort(left) + [pivot] + quicksort([x for x in items if x > pivot])""",
    """const server = http.createServer((request, response) => {
  response.statusCode = 200;
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify({ status: 'ok', uptime: process.uptime() }));
});""",
    """SELECT customers.name, SUM(orders.total) AS revenue FROM customers
LEFT JOIN orders ON orders.customer_id = customers.id
WHERE orders.created_at > '2024-01-01' GROUP BY customers.name HAVING revenue > 1000;""",
]

LANGUAGES = [
    "Heute Nacht fahre ich über die Felder\nund der Regen fällt auf mein Dach\nich denke an dich",
    "Esta noche camino por la carretera\ny la luna me sigue despacio\nno quiero volver a casa",
    "Ce soir je marche sur la route\net la pluie tombe sur mon toit\nje ne veux plus rentrer",
    "Stanotte cammino lungo la strada\ne la luna mi segue piano\nnon voglio tornare a casa",
    "Dziś w nocy idę polną drogą\na deszcz pada na mój dach\nnie chcę wracać do domu",
    "Сегодня ночью я иду по дороге\nи дождь стучит по крыше моей\nя не хочу домой",
    "今夜は道を歩いている\n月がゆっくりついてくる\n家に帰りたくない",
    "الليلة أمشي على الطريق\nوالمطر يسقط على سقفي\nلا أريد أن أعود",
    "Vanavond loop ik langs de velden\nen de regen valt op mijn dak\nik wil niet terug naar huis",
]

LYRICS = [
    """I got my boots on, headed to the river
Your daddy's on the porch, he don't like me none
But I'll be waiting where the willows shiver
till the morning comes with the Tennessee sun""",
    """Came up from nothing, now they know my name
Same old block but I switched my lane
Haters on the corner tryna stop my shine
I count it up twice, yeah the money all mine""",
    """We were dancing in the kitchen
with the radio turned low
And I told you that I loved you
though I guess you already know""",
    """Yo, check the mic, one two, we back on the scene
Fresh kicks, clean fit, you know what I mean
DJ run the beat while I'm killin' the verse
Everybody in the club know I'm never rehearsed""",
]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        *((text, "prose") for text in PROSE),
        *((text, "code") for text in CODE),
        *((text, "another language") for text in LANGUAGES),
        ("hello there", "too short"),
        ("midnight train", "too short"),
    ],
)
def test_what_is_no_lyric_is_neither_and_is_named(text: str, kind: str) -> None:
    verdict = judge(text)
    assert not verdict.confident
    assert verdict.kind == kind


@pytest.mark.parametrize("text", LYRICS)
def test_lyrics_are_not_lost_to_it(text: str) -> None:
    assert judge(text).confident


@pytest.mark.parametrize("text", PROSE)
def test_prose_broken_into_lines_is_still_prose(text: str) -> None:
    words = text.split()
    broken = "\n".join(" ".join(words[at : at + 6]) for at in range(0, len(words), 6))
    assert judge(broken).confident == judge(text).confident
