"""*Refresh now*: starts a refresh in a process of its own and shows how far it is, whoever started it.

The session only looks at the job's row; switching the page or closing the tab stops nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import streamlit as st

from tracker.errors import TrackerError
from tracker.pipeline import jobs
from tracker.views import html, runs
from tracker.views.page import View

_FAST, _SLOW = 1.0, 5.0  # seconds between looks, while a refresh runs and else
_SAID = "refresh_said"  # what the last click came to, if it could not be done
_TOKEN = "refresh_token"  # noqa: S105 - the key of a text input


def panel(view: View) -> None:
    """The button, or the progress of the refresh that runs."""
    is_running = _is_running(view)
    looking = st.fragment(_panel, run_every=_FAST if is_running else _SLOW)
    looking(view, is_running)


def _panel(view: View, was_running: bool) -> None:
    is_running = _is_running(view)
    if is_running != was_running:
        if was_running:
            st.session_state[_SAID] = ""  # "already running" is over with what ran
        st.rerun()  # the whole page: other data, another pace of looking
    if is_running:
        _running(view)
    else:
        _resting(view)
    said = st.session_state.get(_SAID)
    if said:
        st.html(f'<div class="mh"><div class="box warn" role="alert">{html.escape(said)}</div></div>')


def _is_running(view: View) -> bool:
    job = jobs.latest_job(view.store, now=_now())
    return bool(job and job.state == "running")


def _running(view: View) -> None:
    job = jobs.latest_job(view.store, now=_now())
    if job is None:
        return
    st.html(f'<div class="mh"><p>{html.escape(runs.job_sentence(job, now=_now()))} You may leave this page.</p></div>')
    for share, text in runs.progress(job):
        st.progress(share, text=html.escape_markdown(text))
    _token_field(view)
    st.button("Cancel refresh", key="cancel_refresh", on_click=_cancel, args=(view,), disabled=job.cancel_requested)


def _resting(view: View) -> None:
    job, now = jobs.latest_job(view.store, now=_now()), _now()
    with st.container(horizontal=True, vertical_alignment="center"):
        is_off = view.settings.refresh_policy == "off"
        st.button(
            "Refresh now", key="refresh_now", type="primary", icon=":material/refresh:", on_click=_start, args=(view,), disabled=is_off
        )
        said = "Refreshing from the dashboard is switched off here." if is_off else runs.cooldown_sentence(_allowed_at(view), now=now)
        st.html(f'<div class="mh"><p class="mut">{html.escape(runs.job_sentence(job, now=now))} {html.escape(said)}</p></div>')
    _token_field(view)
    for trouble in runs.job_troubles(job):
        st.html(f'<div class="mh"><div class="box bad">{html.state_mark("failed")}{html.escape(trouble)}</div></div>')


def _allowed_at(view: View) -> datetime | None:
    return jobs.next_start_at(view.settings, view.store, now=_now())


def _token_field(view: View) -> None:
    if view.settings.refresh_policy == "token":
        st.text_input("Refresh token", key=_TOKEN, type="password", max_chars=200, width=320)


def _start(view: View) -> None:
    _try(lambda: jobs.start_refresh(view.settings, view.store, now=_now(), token=st.session_state.get(_TOKEN)))


def _cancel(view: View) -> None:
    _try(lambda: jobs.cancel_refresh(view.settings, view.store, now=_now(), token=st.session_state.get(_TOKEN)))


def _try(act: Callable[[], object]) -> None:
    """Callback's body: do it, and keep the sentence that says why it could not be done for the next run to show."""
    st.session_state[_SAID] = ""
    try:
        act()
    except TrackerError as error:
        st.session_state[_SAID] = str(error)


def _now() -> datetime:
    return datetime.now(UTC)
