// sign_in.js: job number and password for a session, then on to where one wanted to go.

import { post, Refusal } from "./api.js"
import { _ } from "./words.js"

const form = document.querySelector("form")
const refusal = form.querySelector(".refusal")
const fields = [form.job_no, form.password]

function refuse(text, wrong) {
  refusal.textContent = text
  refusal.hidden = false
  for (const field of fields) field.setAttribute("aria-invalid", String(wrong.includes(field)))
  wrong[0]?.focus()
  wrong[0]?.select()
}

form.addEventListener("submit", async (event) => {
  event.preventDefault()
  const empty = fields.filter((field) => field.value.trim() === "")
  if (empty.length > 0) return refuse(_("Please fill in both your job number and your password."), empty)
  const button = form.querySelector("[type=submit]")
  button.disabled = true
  refusal.hidden = true
  try {
    await post("/api/session", { job_no: form.job_no.value.trim(), password: form.password.value })
    location.replace(form.dataset.then)
  } catch (failure) {
    button.disabled = false
    if (failure instanceof Refusal) refuse(failure.detail, failure.status === 429 ? [] : [form.password])
    else refuse(_("The system does not answer just now"), [])
  }
})
