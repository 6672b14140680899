// words.js: the page's own words for what scripts say. The server puts a translation here for each message in the page's scripts.

const block = document.getElementById("words")
const words = block ? JSON.parse(block.textContent) : {}

/** The page's words for `message`; %(name)s is filled from `values`, %% is a percent sign. */
export function _(message, values = {}) {
  const pattern = words[message] || message
  return pattern.replace(/%(?:\((\w+)\)s|%)/g, (whole, name) => (name === undefined ? "%" : String(values[name] ?? "")))
}

/** What the server has put on the page for its scripts: the JSON of <script type="application/json" id="…">. */
export function given(id = "given") {
  return JSON.parse(document.getElementById(id).textContent)
}
