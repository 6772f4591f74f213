// What this browser keeps: drafts, and finished answers until the server has said that it has them. Both lie in
// IndexedDB with their files, so that a cut line or a closed browser loses nothing. Rows carry the mark of the person
// who wrote them; nobody else is shown them.
const NAME = "sala-forms";
const DAY = 86_400_000;
const KEPT_AS_SENT = 7 * DAY;
let opened;

function open() {
  opened ??= new Promise((done, fail) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("drafts", { keyPath: "key" });
      asked.result.createObjectStore("outbox", { keyPath: "id" });
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });
  return opened;
}

// One transaction over both stores: work(drafts, outbox) gives a request whose result is the answer, or nothing.
async function within(mode, work) {
  const database = await open();
  return new Promise((done, fail) => {
    const change = database.transaction(["drafts", "outbox"], mode, { durability: "strict" });
    const asked = work(change.objectStore("drafts"), change.objectStore("outbox"));
    change.oncomplete = () => done(asked?.result);
    change.onerror = change.onabort = () => fail(change.error);
  });
}

export const draft = (key) => within("readonly", (drafts) => drafts.get(key));
export const keepDraft = (row) => within("readwrite", (drafts) => drafts.put({ ...row, changed: Date.now() }));
export const dropDraft = (key) => within("readwrite", (drafts) => drafts.delete(key));

// The finished answer stands in the outbox in the same moment in which its draft goes.
export const finish = (row, key) => within("readwrite", (drafts, outbox) => { outbox.put(row); drafts.delete(key); });
export const keep = (row) => within("readwrite", (_drafts, outbox) => outbox.put(row));
export const drop = (id) => within("readwrite", (_drafts, outbox) => outbox.delete(id));
export const reopen = (row, id) => within("readwrite", (drafts, outbox) => { drafts.put(row); outbox.delete(id); });

export async function draftsOf(person) {
  return (await within("readonly", (drafts) => drafts.getAll())).filter((row) => row.person === person);
}

export async function outboxOf(person) {
  const rows = (await within("readonly", (_drafts, outbox) => outbox.getAll())).filter((row) => row.person === person);
  const old = rows.filter((row) => row.state === "sent" && Date.now() - row.at > KEPT_AS_SENT);
  for (const row of old) await drop(row.id);
  return rows.filter((row) => !old.includes(row)).sort((one, other) => one.finished - other.finished);
}

// Drafts of everyone but this person. Finished answers stay until their own writer is back: they are owed to the office.
export async function forgetOthers(person) {
  const rows = await within("readonly", (drafts) => drafts.getAll());
  for (const row of rows) if (row.person !== person) await dropDraft(row.key);
}
