"""The one polite client: everything a source asks goes through here.

It keeps the pace, ends every request, tries again where that helps, follows no redirect to another host and none of a
request that carries a key, and never lets a key or a network address into a message. What an answer *means* is its reader's
business: ``read`` may refuse an answer, and then the request is tried again like after any other fault.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from importlib.metadata import PackageNotFoundError, version
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

import requests
import urllib3.exceptions

from tracker.errors import HarvestCancelledError, MalformedAnswerError, RequestRefusedError, SourceError, SourceForbiddenError
from tracker.sources.answers import Answer, Request, classify_failure, read_body
from tracker.sources.base import SourceOptions, Traffic
from tracker.sources.clock import Clock, SystemClock, pause
from tracker.sources.connection import DeadlineSession, Watch
from tracker.sources.faults import FaultKind, Patience, RetryRules, TransientError, parse_retry_after, redact
from tracker.sources.foreseen import Foreseen
from tracker.sources.pace import PaceLimiter

log = logging.getLogger(__name__)
T = TypeVar("T")

PROGRAM = "mental-health-llm-tracker"
MAX_REDIRECTS = 3
REDIRECTS = frozenset({301, 302, 303, 307, 308})
THROTTLES = frozenset({406, 429, 503})  # 406: arXiv's edge, since September 2026, in place of 429
FORBIDDEN_SECONDS = 30 * 86400.0
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRules:
    """One service's rules: spacing, patience, and the seconds it may take to connect, to send on, and in all.

    ``burst`` is the number of requests it allows in any second, 0 where it sets none.
    """

    interval_seconds: float
    retry: RetryRules
    connect_seconds: float = 10.0
    read_seconds: float = 90.0
    total_seconds: float = 180.0
    burst: int = 0
    transient_texts: tuple[str, ...] = ()  # errors of status 4xx that another try may mend


class PoliteClient:
    """Sends one source's requests, one after the other. ``explain`` gives the words of an error answer, or an empty text."""

    def __init__(
        self,
        source: str,
        options: SourceOptions,
        rules: ServiceRules,
        *,
        traffic: Traffic,
        explain: Callable[[Answer], str],
        clock: Clock | None = None,
    ) -> None:
        self.source, self.traffic = source, traffic
        self.clock: Clock = clock or SystemClock()
        self.is_cancelled: Callable[[], bool] = bool
        self._foreseen: Foreseen | None = None
        self._rules, self._pace, self._explain = rules, options.pace, explain
        self._secrets = (options.api_key,) if options.api_key else ()
        self._session = DeadlineSession(is_loopback=urlsplit(options.url).hostname in LOOPBACK)
        self._session.session.headers.update({"User-Agent": user_agent(options.contact_email), "Accept-Encoding": "gzip"})
        self._session.session.headers["Accept"] = "application/atom+xml, application/xml, application/json, text/xml;q=0.9, */*;q=0.5"
        self._limiter = PaceLimiter(
            source,
            options.url,
            rules.interval_seconds * options.pace,
            clock=self.clock,
            state_dir=options.state_dir,
            burst=rules.burst,
            window_seconds=options.pace,
        )

    def fetch(self, build: Callable[[int], Request], read: Callable[[Answer], T]) -> T:
        """What *read* makes of the answer to *build*'s request; ``build(n)`` may shape it anew after *n* unusable answers.

        Raises ``SourceUnavailableError`` (``…Throttled…``, ``…Forbidden…``) or ``MalformedAnswerError`` when the tries are
        used up, ``RequestRefusedError`` when the request itself is wrong, ``HarvestCancelledError``.
        """
        patience: Patience | None = None
        while True:
            request = build(patience.reshaped if patience else 0)
            patience = patience or Patience(self.source, host_of(request.url), self._rules.retry, self.clock)
            try:
                return read(self._answer_to(request))
            except (TransientError, MalformedAnswerError) as raw:
                fault = self._redacted(raw)
                wait = patience.seconds_after(fault) * self._pace
                log.warning("%s: %s; trying again in %.0f s", self.source, redact(str(fault), self._secrets), wait)
                self._wait(wait)

    def foresee(self, request: Request) -> None:
        """Ask *request* already, in its turn, while the answer before it is read: :meth:`fetch` is about to want it.

        A fault of it is met in :meth:`fetch`. Should another request come after all, this one is given up.
        """
        self._give_up_foreseen()
        self._foreseen = Foreseen(request, self._ask, self._check_cancelled)

    def close(self) -> None:
        """End the connections. Another request opens new ones."""
        self._give_up_foreseen()
        self._session.session.close()

    def _redacted(self, fault: TransientError | MalformedAnswerError) -> TransientError | MalformedAnswerError:
        """*fault* as it may be shown: a reader may have put words of the service into its reason."""
        if isinstance(fault, MalformedAnswerError):
            return type(fault)(self.source, fault.url, redact(fault.reason, self._secrets))
        return fault

    # -- one request ------------------------------------------------------------------------------------------------------

    def _answer_to(self, request: Request) -> Answer:
        """The answer that was foreseen, or a new one."""
        foreseen, self._foreseen = self._foreseen, None
        if foreseen is not None and foreseen.request == request:
            return foreseen.result()
        if foreseen is not None:
            foreseen.give_up()
            foreseen.wait()  # one request at a time
        return self._ask(request, self._check_cancelled)

    def _give_up_foreseen(self) -> None:
        foreseen, self._foreseen = self._foreseen, None
        if foreseen is not None:
            foreseen.give_up()

    def _ask(self, request: Request, check: Callable[[], None]) -> Answer:
        """The answer, redirects followed as far as they may be. Raises ``TransientError``, a final ``SourceError``, what *check* does."""
        url = request.url
        for _ in range(MAX_REDIRECTS + 1):
            answer, location = self._send(request, url, check)
            if answer.status not in REDIRECTS:
                return self._checked(answer)
            url = self._redirected(request, url, location)
        raise SourceError(self.source, f"{self.source} redirects in circles from {request.label}; check the address in the settings")

    def _send(self, request: Request, url: str, check: Callable[[], None]) -> tuple[Answer, str]:
        """The answer, whatever its status, and the ``Location`` it names; within the time of the whole request."""
        check()
        with self._limiter.turn(check) as turn:
            self.traffic.waited_seconds += turn.waited_seconds
            self.traffic.requests += 1
            with self._session.watched(self._rules.total_seconds) as watch:
                try:
                    answer = self._exchange(request, url)
                    if watch.is_over:  # an answer cut off where it might have ended looks whole
                        raise TimeoutError
                    return answer
                except (requests.RequestException, urllib3.exceptions.HTTPError, HTTPException, OSError, ValueError) as error:
                    fault = self._fault_of(error, watch)
                    self._tally(fault.kind)
                    raise fault from error
                finally:
                    if watch.answered_after_seconds is not None:
                        turn.answered_at = turn.sent_at + watch.answered_after_seconds
                    turn.sent_at += watch.sent_after_seconds

    def _exchange(self, request: Request, url: str) -> tuple[Answer, str]:
        timeout = (self._rules.connect_seconds, self._rules.read_seconds)
        method = "GET" if request.form is None else "POST"
        response = self._session.session.request(method, url, data=request.form, timeout=timeout, stream=True, allow_redirects=False)
        with response:
            self._tally(str(response.status_code))
            retry_after = parse_retry_after(response.headers.get("Retry-After"), self.clock.now())
            if response.status_code in THROTTLES:
                reason = f"answers {response.status_code} {response.reason or ''}".rstrip()
                raise TransientError(FaultKind.THROTTLED, redact(reason), retry_after_seconds=retry_after)
            body = read_body(response)
        content_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return Answer(request.label, response.status_code, content_type, body), response.headers.get("Location", "")

    def _checked(self, answer: Answer) -> Answer:
        """*answer* if it is a success. Raises what its status means otherwise."""
        if answer.status == 200:
            return answer
        host = host_of(answer.url)
        if answer.status == 403:
            raise SourceForbiddenError(
                self.source,
                f"{self.source} forbids access (403 from {host}); do not try again before asking the service why"
                " (info.arxiv.org/help/contact, eutilities@ncbi.nlm.nih.gov)",
                retry_after_seconds=FORBIDDEN_SECONDS,
            )
        words = redact(self._explain(answer), self._secrets)
        is_refusal = 400 <= answer.status < 500 and answer.status != 408
        if not is_refusal or any(text in words.lower() for text in self._rules.transient_texts):
            raise TransientError(FaultKind.BROKEN, f"answers {answer.status}{f' ({words})' if words else ''}")
        raise RequestRefusedError(
            self.source,
            f"{self.source} refused the request as wrong ({answer.status}{f': {words}' if words else ''}) for {answer.url};"
            " check queries.yaml and the settings",
        )

    def _redirected(self, request: Request, url: str, location: str) -> str:
        target = urljoin(url, location)
        if request.form is not None:
            raise SourceError(
                self.source,
                f"{self.source} redirects a request that may carry a key; it was not followed, check the address in the settings",
            )
        if not location or not is_same_service(url, target):
            raise SourceError(
                self.source,
                f"{self.source} redirects from {host_of(url)} to another place ({host_of(target)});"
                " it was not followed, check the address in the settings",
            )
        return target

    def _fault_of(self, error: Exception, watch: Watch) -> TransientError:
        """What a failed exchange means. The library's own text may quote the request, so it goes no further."""
        if isinstance(error, TransientError):
            return error
        if watch.is_over:
            return TransientError(FaultKind.BROKEN, f"did not finish its answer within {self._rules.total_seconds:g} s")
        return TransientError(*classify_failure(error))

    # -- small things -----------------------------------------------------------------------------------------------------

    def _tally(self, what: str) -> None:
        self.traffic.statuses[what] = self.traffic.statuses.get(what, 0) + 1

    def _wait(self, seconds: float) -> None:
        self.traffic.waited_seconds += max(0.0, seconds)
        pause(self.clock, seconds, self._check_cancelled)

    def _check_cancelled(self) -> None:
        if self.is_cancelled():
            raise HarvestCancelledError(self.source, f"the refresh was cancelled; {self.source} goes on from here next time")


def host_of(url: str) -> str:
    """The host (and port, unless it is the usual one) of an address, with or without its scheme."""
    return (urlsplit(url).netloc or url.partition("/")[0]).rpartition("@")[2]


def is_same_service(url: str, target: str) -> bool:
    """Whether a redirect stays where it is: same host and port, or the same host by https instead of http."""
    here, there = urlsplit(url), urlsplit(target)
    if here.hostname != there.hostname or there.scheme not in ("http", "https"):
        return False
    upgraded = here.scheme == "http" and there.scheme == "https" and here.port in (None, 80) and there.port in (None, 443)
    return upgraded or (here.scheme, here.port) == (there.scheme, there.port)


def user_agent(contact_email: str | None) -> str:
    """How the client introduces itself: program, version, and whom to write to."""
    try:
        release = version(PROGRAM)
    except PackageNotFoundError:
        release = "unpackaged"
    return f"{PROGRAM}/{release}" + (f" (mailto:{contact_email})" if contact_email else "")
