// setup.js: the set-up pages, put together: what is changed is marked, saved in one act, and holds at once.

import { hallClock, runClocks } from "../shared/clock.js"
import { follow } from "../shared/live.js"
import { linkBanner } from "../shared/parts.js"
import { _, given } from "../shared/words.js"
import { headStart, wholeDays } from "./setup-effect.js"
import { growing } from "./setup-items.js"
import { marked } from "./setup-marks.js"
import { portrait } from "./setup-photo.js"
import { placed } from "./setup-refusals.js"
import { saving } from "./setup-save.js"
import { serving } from "./setup-serving.js"
import { afterwards, standing } from "./setup-standing.js"

const page = given()
const clock = hallClock(page)
const form = document.getElementById("form")
runClocks(clock)

const editor = form && edit()
const photo = portrait({ clock })

follow({
  topics: "hall", journal: page.journal, seq: page.seq,
  onEvent: () => {},
  onNow: (now) => clock.set(now),
  onLink: linkBanner(clock),
  onSetup(message) {
    if (message.changes.every(({ noun }) => noun === "staff_photo")) return photo?.heard(message)     // no field shows it
    if (editor?.busy()) return                       // our own change: the page comes again with it
    if (editor?.changed()) editor.elsewhere()
    else location.reload()
  },
})

function edit() {
  const bar = standing(form)
  const refusals = placed(form, page)
  const served = serving(form)
  growing(form)
  headStart(form)
  wholeDays(form)
  const marks = marked(form, { served, onChange: (count) => { refusals.clear(); bar.changed(count) } })
  const save = saving(form, { marks, served })
  let busy = false
  let leaving = false

  /** Do it; then the page comes again, as it now is. */
  async function act(doing, then) {
    if (busy) return
    busy = true
    refusals.clear()
    bar.busy()
    try {
      await doing()
      leaving = true
      afterwards(clock)
      then()
    } catch (failure) {
      refusals.show(failure)
      bar.refused()
    } finally {
      busy = leaving
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault()
    if (marks.count() === 0) return bar.nothing()
    return act(save.changes, () => (save.fresh() ? location.replace(`?id=${encodeURIComponent(save.key())}`) : location.reload()))
  })
  form.addEventListener("click", (event) => {
    const what = event.target.closest("[data-act]")?.dataset.act
    if (what === "drop") { leaving = true; location.reload() }
    if (what === "gone") ask()
  })
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches("input:not([type=checkbox], [type=file]), .name textarea")) return
    event.preventDefault()                            // Enter in a field saves nothing by accident; the button does
    if (event.ctrlKey || event.metaKey) form.requestSubmit()
  })
  addEventListener("beforeunload", (event) => { if (marks.count() > 0 && !leaving) event.preventDefault() })

  function ask() {
    const dialog = document.getElementById("gone")
    dialog.addEventListener("close", () => { if (dialog.returnValue === "yes") act(save.gone, () => location.assign(location.pathname)) }, { once: true })
    dialog.returnValue = "no"
    dialog.showModal()
  }

  bar.begin()
  return { busy: () => busy, changed: () => marks.count() > 0, elsewhere: () => bar.say(_("Somebody else has changed the set-up. Saving writes only what you have changed.")) }
}
