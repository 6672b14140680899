// setup-save.js: one POST with everything that was changed, written onto the set-up as it is at that moment.

import { get, newKey, post, Refusal } from "../shared/api.js"
import { _ } from "../shared/words.js"

/** Answers { changes, gone, fresh, key }: the acts, whether a new thing was made, and its key. */
export function saving(form, { marks, served }) {
  let sent = ""
  let key = newKey()
  let made = null

  async function changes() {
    const { setup } = await get("/api/setup")
    made = null
    const list = marks.changesOf().map(({ element, fresh, written }) => changeOf(element, { fresh, written, setup }))
    await send([...list, ...served.changes(setup, made)])
  }

  function changeOf({ dataset: { noun, id, key: named } }, { fresh, written, setup }) {
    const there = setup[noun]
    if (!Array.isArray(there)) return { noun, id: "", doc: { ...there, ...written } }
    if (!fresh) return { noun, id, doc: { ...there.find((one) => keyOf(one, noun) === id), ...written } }
    made = String(written[named] ?? "")
    if (there.some((one) => keyOf(one, noun) === made)) throw taken(noun, named, made)
    return { noun, id: made, doc: written }
  }

  async function gone() {
    const { noun, id } = form.querySelector("[data-doc]").dataset
    await send([{ noun, id, doc: null }])
  }

  /** The same changes, asked for again after an answer was lost, are one act. */
  async function send(list) {
    const body = JSON.stringify(list)
    if (body !== sent) { sent = body; key = newKey() }
    await post("/api/setup/changes", { changes: list }, key)
    sent = ""
  }

  return { changes, gone, fresh: () => made !== null, key: () => made }
}

export const keyOf = (thing, noun) => String(thing[{ counter: "number", station: "name" }[noun] ?? "id"])

function taken(noun, field, key) {
  const problem = `${noun} ${key}.${field}: ${_("This is already taken.")}`
  return new Refusal({ error: "setup_invalid", detail: problem, facts: { problem, problems: [problem] } }, 422)
}
