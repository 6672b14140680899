// voice.js: say a sentence aloud with a voice of this machine. Where it has none for the language, the page stays silent.

const RATE = 0.95
const mode = () => document.documentElement.dataset.voice      // off, results or prompts, as this kiosk is set up

/** A question on the page, where questions are said too. */
export function ask(text) {
  if (mode() === "prompts") speak(text)
}

export function speak(text, language = document.documentElement.lang) {
  if (mode() === "off" || !("speechSynthesis" in window)) return
  const family = language === "zh-Hant" ? ["zh-HK", "zh-TW", "zh"] : [language, language.split("-")[0]]
  const voices = speechSynthesis.getVoices().filter((voice) => voice.localService)     // never one that asks another address
  const voice = family.map((tag) => voices.find(({ lang }) => lang.replace("_", "-").startsWith(tag))).find(Boolean)
  if (!voice) return
  const saying = new SpeechSynthesisUtterance(text)
  saying.voice = voice
  saying.lang = voice.lang
  saying.rate = RATE
  speechSynthesis.cancel()
  speechSynthesis.speak(saying)
}

if ("speechSynthesis" in window) speechSynthesis.getVoices()     // some browsers only begin to load them now
