// setup-marks.js: which fields differ from what the page came with; each is marked, and counted.

import { fieldsOf, read } from "./setup-read.js"

/** Answers { count, changesOf }. `onChange(count)` is called whenever something was written. */
export function marked(form, { served, onChange }) {
  const docs = [...form.querySelectorAll("[data-doc]")].map((element) => ({
    element, fresh: "new" in element.dataset,
    fields: fieldsOf(element).map((field) => ({ field, first: JSON.stringify(read(field)) })),
  }))

  const differs = ({ field, first }) => JSON.stringify(read(field)) !== first
  const count = () => docs.reduce((sum, doc) => sum + doc.fields.filter(differs).length, 0) + served.changed().length

  function look() {
    for (const doc of docs) {
      const changed = doc.fields.filter(({ field, first }) => {
        const now = differs({ field, first })
        field.classList.toggle("changed", now)
        return now
      })
      doc.element.classList.toggle("changed", changed.length > 0)
    }
    onChange(count())
  }

  form.addEventListener("input", look)
  form.addEventListener("change", look)
  form.addEventListener("changed", look)              // an item was added or taken away

  /** For each thing that differs: its element, and the fields to write; of a new thing all of them. */
  function changesOf() {
    return docs.map(({ element, fresh, fields }) => ({
      element, fresh,
      written: Object.fromEntries(fields.filter((one) => fresh || differs(one)).map(({ field }) => [field.dataset.field, read(field)])),
    })).filter(({ written }) => Object.keys(written).length)
  }

  return { count, changesOf }
}
