"""One PubMed article or book chapter as a record. Touches no network.

Authority: DTD pubmed_250101 (dtd.nlm.nih.gov/ncbi/pubmed) and www.nlm.nih.gov/bsd/licensee/elements_descriptions.html.
Titles, abstracts and names hold markup, so their text is always that of all descendants; ``ArticleIdList`` and ``PMID`` occur
inside references too, so every path is anchored.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from xml.etree.ElementTree import Element

from tracker.domain.identifiers import compact_doi, compact_pmid
from tracker.domain.record import AbstractState, Provenance, Record, Relation, Status
from tracker.sources.pubmed_dates import find_publication_date, read_instant

SOURCE = "pubmed"
PARSER = "pubmed-xml/1"
NO_TITLE = "[No title available]"  # PubMed's own words for it
UNLABELLED = "UNLABELLED"
_RETRACTED_TYPES = frozenset({"Retracted Publication"})
_RETRACTED_BY = frozenset({"RetractionIn", "RetractedandRepublishedIn"})
_CORRECTED_BY = frozenset({"ErratumIn", "CorrectedandRepublishedIn"})
_REFERENCES = "Cites"  # old records list their references here: not about the paper
_DOI_IN_TEXT = re.compile(r"\bdoi:\s*(10\.\S+)", re.IGNORECASE)  # yes: "JMIR. 2024;11:e1. doi: 10.2196/1"
_WITHDRAWN_TITLE = re.compile(r"\A\W*withdrawn\b\s*[:.]", re.IGNORECASE)  # yes: "WITHDRAWN: Title"


def to_article(element: Element, provenance: Provenance) -> Record:
    """The record of a ``PubmedArticle``. Raises ``ValueError`` that says what is missing."""
    citation, article = element.find("MedlineCitation"), element.find("MedlineCitation/Article")
    if citation is None or article is None:
        raise ValueError("it has no MedlineCitation/Article")
    title = text_of(article.find("ArticleTitle")) or text_of(article.find("VernacularTitle")) or NO_TITLE
    types = _texts(article.iterfind("PublicationTypeList/PublicationType"))
    relations = _relations(citation.iterfind("CommentsCorrectionsList/CommentsCorrections"))
    return Record(
        **_identity(citation, provenance),
        title=title,
        doi=_doi([*article.iterfind("ELocationID")], [*element.iterfind("PubmedData/ArticleIdList/ArticleId")]),
        **_abstract_fields(article.find("Abstract")),
        authors=_authors(article.iterfind("AuthorList")),
        venue=_first_text(article, "Journal/Title", "Journal/ISOAbbreviation") or _first_text(citation, "MedlineJournalInfo/MedlineTA"),
        published=find_publication_date(article.iterfind("ArticleDate"), article.find("Journal/JournalIssue/PubDate")),
        updated_at=read_instant(citation.find("DateRevised")),
        mesh=_texts(citation.iterfind("MeshHeadingList/MeshHeading/DescriptorName")),
        keywords=_texts(citation.iterfind("KeywordList/Keyword")),
        publication_types=types,
        languages=_texts(article.iterfind("Language")),
        relations=relations,
        is_preprint="Preprint" in types,
        status=_status(title, types, relations),
    )


def to_chapter(element: Element, provenance: Provenance) -> Record:
    """The record of a ``PubmedBookArticle``: a book, or a chapter of one. Raises ``ValueError`` that says what is missing."""
    chapter = element.find("BookDocument")
    if chapter is None:
        raise ValueError("it has no BookDocument")
    book_title, types = _first_text(chapter, "Book/BookTitle"), _texts(chapter.iterfind("PublicationType"))
    title = text_of(chapter.find("ArticleTitle")) or text_of(chapter.find("VernacularTitle")) or book_title or NO_TITLE
    return Record(
        **_identity(chapter, provenance),
        title=title,
        doi=_doi([*chapter.iterfind("Book/ELocationID")], [*chapter.iterfind("ArticleIdList/ArticleId")]),
        **_abstract_fields(chapter.find("Abstract")),
        authors=_authors(chapter.iterfind("AuthorList")) or _authors(chapter.iterfind("Book/AuthorList")),
        venue=book_title,
        published=find_publication_date(chapter.iterfind("ContributionDate"), chapter.find("Book/PubDate")),
        updated_at=read_instant(chapter.find("DateRevised")),
        keywords=_texts(chapter.iterfind("KeywordList/Keyword")),
        publication_types=types,
        languages=_texts(chapter.iterfind("Language")),
        status=_status(title, types, ()),
    )


def pmid_of(citation: Element) -> str:
    """The record's own PMID. Raises ``ValueError`` if it has none."""
    return compact_pmid(citation.findtext("PMID") or "")


def text_of(element: Element | None) -> str:
    """All text inside *element*, markup dropped, on one line; empty if there is none."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def _identity(citation: Element, provenance: Provenance) -> dict[str, Any]:
    """Which record it is, and where it came from."""
    pmid = pmid_of(citation)
    return {"key": f"{SOURCE}:{pmid}", "source": SOURCE, "provenance": provenance, "pmid": pmid}


def _abstract_fields(element: Element | None) -> dict[str, Any]:
    """The abstract, one paragraph a line, each with the label its journal gave it, and whose it is."""
    paragraphs = []
    for part in element.iterfind("AbstractText") if element is not None else ():
        text, label = text_of(part), (part.get("Label") or "").strip()
        if text:
            paragraphs.append(f"{label}: {text}" if label and label.upper() != UNLABELLED else text)
    return {
        "abstract": "\n".join(paragraphs) or None,
        "abstract_state": AbstractState.GIVEN if paragraphs else AbstractState.ABSENT,
        "abstract_copyright": text_of(element.find("CopyrightInformation")) or None if element is not None else None,
    }


def _authors(lists: Iterable[Element]) -> tuple[str, ...]:
    """Names as "Given Family Suffix", or of a group; those marked as wrong are left out."""
    return tuple(
        name for one in lists for author in one.iterfind("Author") if author.get("ValidYN") != "N" and (name := _author_name(author))
    )


def _author_name(author: Element) -> str:
    given = text_of(author.find("ForeName")) or text_of(author.find("Initials"))
    parts = (given, text_of(author.find("LastName")), text_of(author.find("Suffix")))
    return " ".join(part for part in parts if part) if parts[1] else text_of(author.find("CollectiveName"))


def _doi(locations: Iterable[Element], ids: Iterable[Element]) -> str | None:
    """The DOI: the article's own statement unless it is marked as wrong, else PubMed's list of identifiers."""
    stated = [one for one in locations if one.get("EIdType") == "doi" and one.get("ValidYN") != "N"]
    for element in (*stated, *(one for one in ids if one.get("IdType") == "doi")):
        try:
            return compact_doi(text_of(element))
        except ValueError:
            continue
    return None


def _relations(elements: Iterable[Element]) -> tuple[Relation, ...]:
    return tuple(_relation(one) for one in elements if one.get("RefType") != _REFERENCES)


def _relation(element: Element) -> Relation:
    note = text_of(element.find("RefSource"))
    found = _DOI_IN_TEXT.search(note)
    try:
        doi = compact_doi(found[1]) if found else None
    except ValueError:
        doi = None
    try:
        pmid = compact_pmid(element.findtext("PMID") or "")
    except ValueError:
        pmid = None
    return Relation(element.get("RefType") or "", pmid, doi, note)


def _status(title: str, types: Iterable[str], relations: Iterable[Relation]) -> Status:
    """What became of the paper. A retraction *notice* is not itself retracted."""
    kinds = {relation.kind for relation in relations}
    if _RETRACTED_TYPES & set(types) or _RETRACTED_BY & kinds:
        return Status.RETRACTED
    if _WITHDRAWN_TITLE.search(title):
        return Status.WITHDRAWN
    return Status.CORRECTED if _CORRECTED_BY & kinds else Status.CURRENT


def _texts(elements: Iterable[Element]) -> tuple[str, ...]:
    """The texts of *elements*, each once, empty ones left out."""
    return tuple(dict.fromkeys(text for element in elements if (text := text_of(element))))


def _first_text(element: Element, *paths: str) -> str | None:
    return next((text for path in paths if (text := text_of(element.find(path)))), None)
