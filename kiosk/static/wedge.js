// wedge.js: a scanner that types like a keyboard. What comes faster than a hand and ends in Enter is a code, not typing.

const GAP_MS = 50         // between two keys of a scanner; a hand is slower
const LEAST = 6           // shorter than any code
const MOST = 512
const FAST = 3            // so many quick keys in a row are no hand: they no longer do what keys do

/** The keys of a code by their place on the keyboard, for when an input method has taken the letters. */
const PLACES = {
  Minus: "-_", Slash: "/?", Period: ".>", Semicolon: ";:", Equal: "=+", Comma: ",<", Quote: "'\"", Backslash: "\\|", Space: "  ",
  NumpadDivide: "//", NumpadSubtract: "--", NumpadDecimal: "..",
}

/** Call `scanned(text)` for each code; "" for one that was too long. */
export function wedge({ scanned }) {
  let text = ""
  let count = 0
  let at = -Infinity

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) { count = 0; return }
    const quick = event.timeStamp - at < GAP_MS
    if (event.key === "Enter" && quick && count >= LEAST) {
      const code = count > MOST ? "" : text
      count = 0
      swallow(event)
      scanned(code)
      return
    }
    const letter = letterOf(event)
    if (letter === null) return
    if (!quick) { text = ""; count = 0 }
    at = event.timeStamp
    count += 1
    if (count <= MOST) text += letter
    if (count >= FAST) swallow(event)
  }, { capture: true })
}

/** What a key writes; null for one that writes nothing. */
function letterOf({ key, code, shiftKey }) {
  if (key.length === 1) return key
  if (key !== "Process" && key !== "Unidentified") return null      // what an input method leaves of a key
  if (/^Key[A-Z]$/.test(code)) return shiftKey ? code[3] : code[3].toLowerCase()
  if (code === "Digit7" && shiftKey) return "&"
  if (/^(?:Digit|Numpad)[0-9]$/.test(code)) return code.at(-1)
  return PLACES[code]?.[shiftKey ? 1 : 0] ?? null
}

function swallow(event) {
  event.preventDefault()
  event.stopImmediatePropagation()
}
