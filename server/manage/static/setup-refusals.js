// setup-refusals.js: why it was not saved, said at the field it is about, else above the form, in the page's language.

import { Refusal } from "../shared/api.js"
import { _ } from "../shared/words.js"
import { sentence } from "./setup-sentences.js"
import { fieldsOf, items } from "./setup-read.js"

// "service[3] biz-setup.session_quota.am = -1: what is wrong (what the key means)": place, value, sentence
const PROBLEM = /^(.*?)(?: = (?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[\w.+-]+))?: (.*)$/s
const STEP = /^([\w-]+)(?:\[(\d+)\])?(?: ([^.]+))?$/
const TWICE = /^(\w+) (\w+) '([^']*)' is used \d+ times$/

export function placed(form, page) {
  const above = form.querySelector("[data-refused]")

  function clear() {
    above.hidden = true
    for (const one of form.querySelectorAll(".problem")) { one.hidden = true; one.textContent = "" }
    for (const one of form.querySelectorAll("[aria-invalid]")) one.removeAttribute("aria-invalid")
  }

  function show(failure) {
    const { facts = {}, error } = failure
    const problems = facts.problems?.length ? facts.problems : facts.problem ? [facts.problem] : []
    const read = problems.map((problem) => understood(problem))
    const elsewhere = read.filter((one) => !atField(one))
    if (error === "would_strand") put(_("Not saved: somebody is still in line or at work there."), stranded(facts))
    else if (elsewhere.length || !read.length) put(_("Not saved."), elsewhere.length ? elsewhere.map((one) => [where(one.steps), one.said].filter(Boolean).join(": ")) : [plain(failure)])
    const first = elsewhere.length || !read.length ? above : form.querySelector(".problem:not([hidden])")
    for (let fold = first?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true
    const target = first?.closest("[data-field]")?.querySelector("input, select, textarea")
    target?.focus({ preventScroll: true })
    first?.scrollIntoView({ block: "center" })
  }

  function put(title, lines) {
    above.querySelector("p").textContent = title
    above.querySelector("ul").replaceChildren(...lines.map((line) => {
      const item = document.createElement("li")
      item.textContent = line
      return item
    }))
    above.hidden = false
  }

  /** Say it at the field it is about; false when that is not on this page. */
  function atField({ steps, said }) {
    const [{ name: noun, key }, ...rest] = steps
    const docs = [...form.querySelectorAll(`[data-doc][data-noun="${CSS.escape(noun)}"]`)]
    const doc = docs.find((one) => "new" in one.dataset || !one.dataset.id || one.dataset.id === key) ?? (key === undefined ? docs[0] : undefined)
    if (!doc) return false
    let root = doc
    let field = null
    for (const { name, index } of rest) {
      const inner = root && fieldsOf(root).find((one) => one.dataset.field === name)
      if (!inner) break
      field = inner
      root = index !== undefined && field.querySelector("[data-items]") ? items(field)[index] : field.querySelector("[data-fields]")
    }
    if (!field && rest.length === 0 && /services|serve/.test(said.raw)) field = doc.querySelector('[data-serves], [data-field="services"]')
    const line = field?.querySelector(":scope > .problem, :scope > td > .problem")
    if (!line) return false
    line.textContent = said.text
    line.hidden = false
    const controls = field.matches('[data-kind^="part"], [data-serves]') ? [] : field.querySelectorAll(":is(input, select, textarea)")
    for (const control of controls) control.setAttribute("aria-invalid", "true")
    return true
  }

  /** "Services biz-setup › Numbers a session". */
  function where(steps) {
    const [{ name: noun, key }, ...rest] = steps
    let place = noun
    const labels = rest.map(({ name }) => page.labels[place += `.${name}`]).filter(Boolean)
    return [[page.nouns[noun] ?? noun, key].filter(Boolean).join(" "), ...labels].join(" › ")
  }

  return { clear, show }
}

/** { steps: [{ name, index, key }], said } of a problem's text. */
function understood(problem) {
  const twice = TWICE.exec(problem)
  if (twice) return { steps: [{ name: twice[1] === "session" ? "hall" : twice[1] }, ...(twice[1] === "session" ? [{ name: "hours" }, { name: "sessions" }] : [{ name: twice[2] }])], said: said(problem) }
  const [, place, rest] = PROBLEM.exec(problem) ?? [null, "", problem]
  const steps = place.split(".").map((step) => STEP.exec(step)).filter(Boolean).map(([, name, at, key]) => ({ name, index: at && Number(at) - 1, key }))
  if (/^session \S+ overlaps/.test(rest)) steps.push({ name: "sessions" })
  return { steps: steps.length ? steps : [{ name: "" }], said: said(rest) }
}

function said(raw) {
  const text = sentence(raw)
  return { raw, text, toString: () => text }
}

function stranded({ tickets = [], counters = [], staff = [] }) {
  return [
    tickets.length && _("Numbers still open: %(numbers)s", { numbers: tickets.join(" ") }),
    counters.length && _("Counters at work: %(numbers)s", { numbers: counters.join(" ") }),
    staff.length && _("People at a counter: %(names)s", { names: staff.join(" ") }),
  ].filter(Boolean)
}

const plain = (failure) => (failure instanceof Refusal ? failure.detail : _("The system does not answer just now"))
