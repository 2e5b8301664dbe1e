// What only the browser knows: whether the page is narrow, what this tab keeps, and which paper's link was pressed.
// Runs on each message from the server; `settled` outlives runs, so that what the tab kept is asked for once a session.
const NAME = "tracker_reading_list";
const LINK = 'a.title[href^="papers?paper="]';
let settled = null;
let waiting = false;

function read() {
  try { return sessionStorage.getItem(NAME); } catch { return null; }
}

function write(text) {
  try {
    if (text) sessionStorage.setItem(NAME, text);
    else sessionStorage.removeItem(NAME);
  } catch { /* full or forbidden: the list still lives on the server, and can be saved as a file */ }
}

export default function ({ data, setStateValue, setTriggerValue }) {
  const width = matchMedia("(max-width: 640px)");
  const tell = () => { if (width.matches !== data.narrow) setStateValue("narrow", width.matches); };
  tell();
  width.addEventListener("change", tell);

  const kept = read();
  if (settled !== data.session) {
    settled = data.session;
    waiting = Boolean(kept) && !data.restored && kept !== data.list;
    if (waiting) setStateValue("kept", kept);
  }
  if (!waiting || data.restored) {
    waiting = false;
    if (kept !== data.list) write(data.list);
  }

  // A link would load the whole app anew; inside it the way is shorter. Other keys and buttons do what they do on links.
  const follow = (event) => {
    const link = event.target.closest && event.target.closest(LINK);
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
    setTriggerValue("opened", new URL(link.href).searchParams.get("paper"));
  };
  document.addEventListener("click", follow);
  document.documentElement.dataset.trackerScript = "listening"; // until then links load the page; tests wait for it
  return () => {
    document.removeEventListener("click", follow);
    width.removeEventListener("change", tell);
  };
}
