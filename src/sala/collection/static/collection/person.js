// Whose browser this is. A mark that goes with signing out tells it even without a line: what is on the page of
// somebody who has signed out is not shown, and their drafts go.
import { forgetOthers, outboxOf } from "./keeping.js";

const mark = () => /(?:^|;\s*)who=([^;]+)/.exec(document.cookie)?.[1] || "";

// Whether this page belongs to who is signed in here. Otherwise nothing of it may be shown.
export async function isStillHere(config) {
  const who = mark();
  await forgetOthers(who).catch(() => {});
  if (who === config.person) return true;
  await globalThis.caches?.delete("sala-pages");
  return false;
}

export function askBeforeLeaving(config) {
  const form = document.querySelector('form[action$="/sign-out/"]');
  form?.addEventListener("submit", async (event) => {
    if (form.dataset.asked) return;
    event.preventDefault();
    const open = (await outboxOf(config.person)).filter((row) => row.state !== "sent");
    if (open.length && !confirm(config.words.leave.replace("{count}", open.length))) return;
    await forgetOthers("");
    await globalThis.caches?.delete("sala-pages");
    form.dataset.asked = "yes";
    form.requestSubmit();
  });
}

export async function workOffline(config) {
  if (!("serviceWorker" in navigator)) return;
  try {
    for (const scope of config.scopes) await navigator.serviceWorker.register(config.worker, { scope, updateViaCache: "none" });
    navigator.storage?.persist?.();
  } catch (error) {
    console.warn(error);
  }
}
