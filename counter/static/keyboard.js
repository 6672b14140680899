// keyboard.js: the desk without a mouse. Enter does the filled act, letters do theirs, arrows go through the list, Esc comes back.

import { moveInList } from "./lists.js"

const STORE = "jiaohao-desk-letters"
const LETTERS = { b: "start", f: "finish", r: "recall", s: "choose", n: "no_show", h: "hold", t: "transfer", j: "restore", g: "next_step", e: "ask_rating", z: "undo", p: "pause" }

/** `press(act)` is what a touch of that key does; `wanted()` the filled act or null; while `deaf()` Enter does nothing. */
export function keyboard({ press, wanted, deaf, dialogOpen, back }) {
  const toggle = document.querySelector("[data-letters]")
  let letters = remembered()
  const show = () => {
    toggle.setAttribute("aria-pressed", String(letters))
    document.documentElement.classList.toggle("no-letters", !letters)
  }
  toggle.addEventListener("click", () => { letters = !letters; remember(letters); show() })
  show()

  addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
    const { key } = event
    if (key === "Enter" || (key === " " && !typing(event.target))) {
      if (event.repeat || (key === "Enter" && deaf())) { event.preventDefault(); event.stopPropagation(); return }
    }
    if (dialogOpen() || typing(event.target)) return
    if (key === "ArrowDown" || key === "ArrowUp") { if (moveInList(key === "ArrowDown" ? 1 : -1)) event.preventDefault() }
    else if (key === "Escape") back()
    else if (key === "Enter") enter(event)
    else if (!event.repeat && !event.shiftKey && letters && LETTERS[key.toLowerCase()]) { event.preventDefault(); press(LETTERS[key.toLowerCase()]) }
  }, { capture: true })

  /** On a control that has the focus Enter is that control's own; anywhere else it is the filled act. */
  function enter(event) {
    if (event.target.closest("button, a, summary") || !wanted()) return
    event.preventDefault()
    press(wanted())
  }
}

const typing = (element) => element.closest?.("input:not([type='radio']), textarea, select, [contenteditable]") !== null

function remembered() {
  try { return localStorage.getItem(STORE) !== "off" } catch { return true }
}

function remember(on) {
  try { localStorage.setItem(STORE, on ? "on" : "off") } catch { /* a browser that keeps nothing: the switch lasts for this page */ }
}
