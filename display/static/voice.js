// voice.js: say a call aloud with a voice of this machine, and answer when it has been said. Where there is none, silence.

const RATE = 0.9
const PATIENCE_MS = 12_000     // some voices never say that they have ended

export function speak(text, language = document.documentElement.lang) {
  const voice = voiceFor(language)
  if (!voice) return Promise.resolve()
  return new Promise((done) => {
    const saying = new SpeechSynthesisUtterance(text)
    Object.assign(saying, { voice, lang: voice.lang, rate: RATE, onend: done, onerror: done })
    setTimeout(done, PATIENCE_MS)
    speechSynthesis.speak(saying)
  })
}

/** Be silent at once. */
export function hush() {
  if ("speechSynthesis" in window) speechSynthesis.cancel()
}

function voiceFor(language) {
  if (!("speechSynthesis" in window)) return null
  const family = language === "zh-Hant" ? ["zh-TW", "zh-HK", "zh"] : [language, language.split("-")[0]]
  const voices = speechSynthesis.getVoices().filter((voice) => voice.localService)     // never one that asks another address
  return family.map((tag) => voices.find(({ lang }) => lang.replace("_", "-").startsWith(tag))).find(Boolean) ?? null
}

if ("speechSynthesis" in window) speechSynthesis.getVoices()     // some browsers only begin to load them now
