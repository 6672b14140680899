// fresh.js: draw again what changed: the page as it is now is fetched, and each [data-part] that differs takes the place of the old one.

const GATHER_MS = 150       // what happens together is one look
const REST_MS = 500         // between two looks

/** Answers { soon }. `drawn(part)` is called before a new part is put in its place. */
export function refresher({ drawn }) {
  let due = 0
  let busy = false
  let again = false
  for (const part of document.querySelectorAll("[data-part]")) part.asSent = part.outerHTML     // before anything is measured into it

  const soon = () => {
    if (busy) { again = true; return }
    if (!due) due = setTimeout(look, GATHER_MS)
  }

  async function look() {
    busy = true
    due = 0
    again = false
    try { await draw() } catch { /* the link's own banner says when nobody answers */ }
    await new Promise((done) => setTimeout(done, REST_MS))
    busy = false
    if (again) soon()
  }

  async function draw() {
    const answer = await fetch(location.href, { credentials: "same-origin" })
    if (!answer.ok) return
    const now = new DOMParser().parseFromString(await answer.text(), "text/html")
    const changed = []
    for (const part of document.querySelectorAll("[data-part]")) {
      const fresh = now.querySelector(`[data-part="${CSS.escape(part.dataset.part)}"]`)
      if (fresh && fresh.outerHTML !== part.asSent) changed.push([part, document.importNode(fresh, true), fresh.outerHTML])
    }
    await Promise.all(changed.map(async ([part, fresh, sent]) => {
      fresh.asSent = sent
      await Promise.allSettled([...fresh.querySelectorAll("img")].map((picture) => picture.decode()))
      drawn(fresh, part)
      put(part, fresh)
    }))
  }

  return { soon }
}

/** Put `fresh` in the place of `part`; who stood on a button there still does. */
function put(part, fresh) {
  const buttons = (root) => [...root.querySelectorAll("button, summary, [tabindex]")]
  const place = buttons(part).indexOf(document.activeElement)
  part.replaceWith(fresh)
  if (place >= 0) buttons(fresh)[place]?.focus()
}
