// setup-read.js: from the controls of a form back to JSON, by the kind that the server has written at each field.

const KINDS = {
  text: (field) => text(field) || (nullable(field) ? null : ""),
  number, decimal: number,
  flag: (field) => field.querySelector("input").checked,
  choice: (field) => selected(field),
  reference: (field) => selected(field),
  time: (field) => text(field) || null,
  date: (field) => text(field) || null,
  moment: (field) => text(field) || null,
  lines: (field) => field.querySelector("textarea").value.split("\n").map((line) => line.trim()).filter(Boolean),
  names: (field) => names(field),
  names_list: (field) => items(field).map(names).filter((one) => Object.keys(one).length),
  choices: (field) => boxes(field),
  references: (field) => (field.querySelector("[data-all]")?.checked ? null : boxes(field)),
  quotas: (field) => Object.fromEntries([...field.querySelectorAll("[data-key]")].filter((one) => one.value !== "").map((one) => [one.dataset.key, Number(one.value)])),
  dates: (field) => [...field.querySelectorAll("[data-date]")].map((one) => one.dataset.date),
  part: (field) => (field.querySelector("[data-there]")?.checked === false ? null : values(field.querySelector("[data-fields]"))),
  parts: (field) => items(field).map(values),
}

/** What stands in one field. */
export const read = (field) => KINDS[field.dataset.kind](field)

/** The fields that belong to `root` itself, not to a part of it. */
export function fieldsOf(root) {
  return [...root.querySelectorAll("[data-field]")].filter((field) => field.parentElement.closest("[data-fields]") === root)
}

/** Everything that stands in the fields of `root`. */
export function values(root) {
  return Object.fromEntries(fieldsOf(root).map((field) => [field.dataset.field, read(field)]))
}

/** The repeated groups of a field, in order. */
export function items(field) {
  return [...field.querySelector("[data-items]").children]
}

const nullable = (field) => "nullable" in field.dataset
const text = (field) => field.querySelector("input").value.trim()

function number(field) {
  const { value } = field.querySelector("input")
  return value === "" ? null : Number(value)
}

function selected(field) {
  const { value } = field.querySelector("select")
  if (value === "") return nullable(field) ? null : ""
  return "numbers" in field.dataset ? Number(value) : value
}

function names(root) {
  const own = [...root.querySelectorAll("[data-key]")]
  return Object.fromEntries(own.map((one) => [one.dataset.key, one.value.replace(/\s*\n\s*/g, " ").trim()]).filter(([, said]) => said))
}

/** What is ticked: what was there before keeps its order, what is new comes after. */
function boxes(field) {
  const list = field.querySelector("[data-chosen]")
  const cast = "numbers" in field.dataset ? Number : String
  const ticked = [...list.querySelectorAll("input:checked")].map((box) => cast(box.value))
  const before = JSON.parse(list.dataset.chosen)
  return [...before.filter((one) => ticked.includes(one)), ...ticked.filter((one) => !before.includes(one))]
}
