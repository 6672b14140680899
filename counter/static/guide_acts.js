// guide_acts.js: each act of the guide desk as one HTTP request, with one key for one press.

import { newKey, post, put, Refusal, remove } from "../shared/api.js"
import { _ } from "../shared/words.js"

const ticket = () => `/api/tickets/${document.getElementById("ticket").dataset.id}`

/** act → (what was chosen, key) → the request. */
const REQUESTS = {
  prioritise: ({ priority, reason }, key) => put(`${ticket()}/priority`, { priority, reason }, key),
  move: ({ service, counter, place }, key) => post(`${ticket()}/transfers`, { ...(counter ? { to_counter: counter } : { to_service: service }), place }, key),
  restore: (_chosen, key) => remove(`${ticket()}/no-show`, key),
  reprint: ({ station }, key) => post(`${ticket()}/slips`, { station }, key),
  cancel: (_chosen, key) => put(`${ticket()}/cancellation`, {}, key),
  duty: ({ staff }, key) => put("/api/duty", { staff }, key),
  help: ({ counter }, key) => put(`/api/counters/${counter}/help`, {}, key),
  issue: (body, key) => post("/api/tickets", body, key),
}

/**
 * `say(sentence)` shows a refusal, `announce(sentence)` says what was done, `look()` takes the page over as it then is.
 *
 * perform(act, chosen) answers what the hall answered, or null. While one act is on its way further presses do nothing.
 */
export function guideActs({ say, look, announce }) {
  let busy = false

  async function perform(act, chosen = {}, refuse = say) {
    if (busy) return null
    busy = true
    document.body.classList.add("busy")
    refuse("")
    try {
      const answer = await REQUESTS[act](chosen, newKey())
      if (answer.number) announce(done(act, answer.number))
      return answer
    } catch (failure) {
      if (failure.status === 401) return signInAgain()
      refuse(failure instanceof Refusal ? failure.detail : _("The hall does not answer; it is not known whether this was done."))
      return null
    } finally {
      busy = false
      document.body.classList.remove("busy")
      look()
    }
  }

  async function signOut() {
    const base = document.documentElement.dataset.base || ""
    await remove("/api/session").catch(() => {})       // signed out already is signed out
    location.assign(`${base}/sign-in?next=${encodeURIComponent(`${base}/guide`)}`)
  }

  return { perform, issue: (body, refuse) => perform("issue", body, refuse), signOut }
}

function done(act, number) {
  switch (act) {
    case "prioritise": return _("%(number)s has its new class", { number })
    case "move": return _("%(number)s is moved", { number })
    case "restore": return _("%(number)s waits again", { number })
    case "reprint": return _("A slip for %(number)s is on its way", { number })
    case "cancel": return _("%(number)s is given back", { number })
    default: return ""
  }
}

function signInAgain() {
  const base = document.documentElement.dataset.base || ""
  location.assign(`${base}/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`)
  return null
}
