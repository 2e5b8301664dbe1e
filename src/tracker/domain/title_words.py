"""The vocabulary that :mod:`tracker.domain.titles` knows, all folded, in American spelling and in the singular."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that carry no meaning of their own in a title.
STOP = _words(
    """a an the of in on for and or to with by from using via at as is are be into through its their our we can do does how
    toward towards assessing evaluating investigating exploring examining understanding analyzing leveraging harnessing utilizing
    use novel new"""
)

# Abbreviations that one source writes out and the other does not.
SHORT = {
    "llm": "large language model",
    "ai": "artificial intelligence",
    "nlp": "natural language processing",
    "ml": "machine learning",
    "dl": "deep learning",
    "vs": "versus",
    "ptsd": "posttraumatic stress disorder",
    "adhd": "attention deficit hyperactivity disorder",
    "ocd": "obsessive compulsive disorder",
    "cbt": "cognitive behavioral therapy",
    "rag": "retrieval augmented generation",
    "gai": "generative artificial intelligence",
    "genai": "generative artificial intelligence",
}

# Words that say how a study was made. A subtitle of nothing else was added by the journal (JMIR's house style).
DESIGN = _words(
    """study mixed method methodology qualitative quantitative randomized controlled control trial pilot feasibility cross
    sectional survey scoping systematic review meta analysis metaanalysis viewpoint tutorial development usability evaluation
    validation comparative comparison observational retrospective prospective cohort longitudinal exploratory case content
    thematic proof concept preliminary report result descriptive interview focus group experimental quasi experiment
    simulation protocol umbrella narrative literature rapid perspective commentary design implementation infodemiology
    infoveillance noninferiority non inferiority blind blinded single double arm open label two three 2 3 based web online
    model modeling algorithm instrument secondary data original paper article early late mini bibliometric
    clinical empirical exploration real world nationwide multicenter"""
)

# What kind of study a design says it is. Two records whose kinds have nothing in common are two papers about one thing: the
# development of a chatbot and its trial, a review and a survey. Words not listed here ("mixed methods", "usability") go with any.
KINDS = {
    "review": _words("review metaanalysis meta scoping umbrella"),
    "trial": _words("trial randomized"),
    "pilot": _words("pilot feasibility"),
    "qualitative": _words("qualitative interview focus thematic"),
    "quantitative": _words("quantitative"),
    "survey": _words("survey sectional"),
    "cohort": _words("cohort retrospective prospective longitudinal observational"),
    "development": _words("development design algorithm"),
    "case": _words("case"),
    "opinion": _words("viewpoint perspective commentary tutorial"),
}
# A protocol is published before the study, as a paper of its own, whatever the other record says.
ONE_SIDED = _words("protocol")

# What makes a sibling of a paper when one such word takes another's place: whom, which illness, language, model, purpose.
TELLING_STEMS = (
    *("depress", "anxi", "posttrauma", "schizo", "psychosis", "psychotic", "bipolar", "autis", "dement", "alzheimer", "suicid"),
    *("obsess", "anorex", "bulim", "substance", "alcohol", "opioid", "insomn", "burnout", "lonel", "trauma", "borderline", "cancer"),
    *("diabet", "obes", "adolescen", "child", "youth", "teen", "college", "student", "universit", "elder", "adult", "veteran"),
    *("nurs", "clinician", "physician", "therapist", "caregiv", "parent", "patient", "english", "chin", "mandarin", "cantonese"),
    *("arab", "span", "german", "french", "japan", "korea", "hindi", "bangla", "bengal", "thai", "ital", "portug", "dutch", "turk"),
    *("urdu", "persia", "swed", "polish", "russia", "vietnam", "indone", "swahili", "hebrew", "greek", "india", "brazil", "africa"),
    *("nigeria", "canad", "austral", "iran", "egypt", "chatgpt", "claude", "gemini", "llama", "deepseek", "mistral", "roberta"),
    *("qwen", "copilot", "perplexity", "detect", "diagnos", "treat", "prevent", "screen", "generat", "classif", "predict"),
    *("summari", "triag", "benefit", "risk", "opportunit", "challeng", "harm", "positiv", "negativ", "inpatient", "outpatient"),
    *("acute", "chronic", "qualitativ", "quantitativ", "multimodal", "multilingual", "acceptab", "efficac", "safet", "usab"),
    *("hypo", "hyper", "inter", "intra", "under", "over"),
)
TELLING_WORDS = _words(
    """ptsd adhd ocd eating sleep stress grief personality self pain stroke older younger men women man woman male female public
    gpt bard bert palm bing text speech voice audio video image single multi short long pre post first second third fourth
    training testing benchmark dataset corpus human machine patient expert lay urban rural"""
)
