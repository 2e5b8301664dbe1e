"""Three of the pages as one would write them first: a frame in ``st.cache_data``, masks, ``plotly.express``. For ``bench/pages.py``."""

from __future__ import annotations

import os
import sqlite3

import pandas as pd
import plotly.express as px
import streamlit as st

LABELS = """SELECT record_label.record_id AS id, label.name AS label FROM record_label JOIN label ON label.id = record_label.label_id"""
RECORDS = """SELECT id, key, source, published, is_preprint, in_scope, work, first_seen_at, title
    FROM record JOIN record_text ON record_id = id"""


@st.cache_data
def load() -> tuple[pd.DataFrame, pd.DataFrame]:
    """All records, and a row for every label of each."""
    with sqlite3.connect(os.environ["TRACKER_DATABASE_URL"].removeprefix("sqlite:///")) as connection:
        records = pd.read_sql(RECORDS, connection)
        labels = pd.read_sql(LABELS, connection)
    records["month"] = pd.to_datetime(records["published"].str[:7], errors="coerce")
    return records, labels


records, labels = load()
query = st.query_params
chosen = records[records["in_scope"] == 1]
if "from" in query:
    chosen = chosen[chosen["month"] >= query["from"]]
if "to" in query:
    chosen = chosen[chosen["month"] <= query["to"]]
for facet in ("application", "risk"):
    if facet in query:
        chosen = chosen[chosen["id"].isin(labels.loc[labels["label"] == f"{facet}:{query[facet]}", "id"])]
joined = chosen.merge(labels, on="id")
st.title(f"{chosen['work'].nunique():,} works")
if query["page"] == "trends":
    areas = joined[joined["label"].isin([f"application:{area}" for area in ("education", "assessment", "intervention")])]
    monthly = areas.groupby(["month", "label"])["work"].nunique().reset_index()
    st.plotly_chart(px.line(monthly, x="month", y="work", color="label"))
elif query["page"] == "gap_map":
    areas, risks = (joined[joined["label"].str.startswith(f"{facet}:")][["work", "label"]] for facet in ("application", "risk"))
    pairs = areas.drop_duplicates().merge(risks.drop_duplicates(), on="work")
    st.plotly_chart(px.imshow(pd.crosstab(pairs["label_x"], pairs["label_y"]), text_auto=True))
else:
    st.dataframe(chosen.sort_values("month", ascending=False).drop_duplicates("work").head(50))
