// report.js: a day chosen is a day shown; the report goes to paper.

import { given } from "../shared/words.js"
import { hallClock, runClocks } from "../shared/clock.js"

runClocks(hallClock(given()))

const form = document.querySelector("form.day")
const field = form.querySelector("input[type=date]")
form.querySelector("[data-go]").hidden = true
field.addEventListener("change", () => { if (field.value && field.checkValidity()) form.requestSubmit() })

const paper = document.querySelector("[data-print]")
paper.hidden = false
paper.addEventListener("click", () => print())
