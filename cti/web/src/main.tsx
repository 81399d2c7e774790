// The page: who is signed in, which of the two views is shown, and the live connection that feeds both.
import { render } from "preact";
import { useEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
import { Account } from "./account.tsx";
import * as api from "./api.ts";
import { AuditPage } from "./audit.tsx";
import { useCallWords } from "./calls.ts";
import { CallsPage } from "./calls.tsx";
import { Console } from "./console.tsx";
import { DayPage } from "./day.tsx";
import { Desk } from "./desk.tsx";
import { Icon } from "./icons.tsx";
import { Login } from "./login.tsx";
import { MenuPage } from "./menu.tsx";
import { MisroutesPage } from "./misroutes.tsx";
import { LanguageSwitch } from "./parts.tsx";
import { PerformancePage } from "./performance.tsx";
import { usePlayerWords } from "./player.words.ts";
import { QualityPage } from "./quality.tsx";
import { useQualityWords } from "./quality.words.ts";
import { RecordingsPage } from "./recordings.tsx";
import { usePeople } from "./people.ts";
import { LiveConnection } from "./socket.ts";
import { next, nothing, type State } from "./state.ts";
import type { Language, Me } from "./types.ts";
import { UsersPage } from "./users.tsx";
import { Wall } from "./wall.tsx";
import { firstLanguage, keepLanguage, Spoken, tables, useWords } from "./words.ts";

type View = "desk" | "console" | "calls" | "day" | "performance" | "misroutes" | "menu" | "recordings" | "quality" | "users" | "audit";
const VIEWS: readonly View[] = ["desk", "console", "calls", "day", "performance", "misroutes", "menu", "recordings", "quality", "users", "audit"];
const WALL_TOKEN = /^#(?:wall\?)?token=(\w+)$/.exec(location.hash)?.[1]; // browsers send this part of an address to nobody
if (WALL_TOKEN) history.replaceState(null, "", "/wall"); // and it stays on no screen and in no history
const IS_WALL = location.pathname === "/wall";
const WITHDRAWN_TOLD_FOR = 12_000;

function Page() {
  const [state, dispatch] = useReducer(next, nothing);
  const [asked, setAsked] = useState(false);
  const [language, setLanguage] = useState<Language>(() => firstLanguage(undefined));
  const live = useRef<LiveConnection | null>(null);
  const [session, setSession] = useState(0);
  const [notice, setNotice] = useState<api.Problem | null>(null);
  const words = tables[language];

  useEffect(() => {
    (WALL_TOKEN ? api.openWall(WALL_TOKEN) : api.me()).then(
      (me) => (me.role === "wall" && !IS_WALL ? setAsked(true) : signedIn(me)),
      (failure: unknown) => {
        setAsked(true);
        if (WALL_TOKEN && failure instanceof api.Problem) setNotice(failure);
      },
    );
  }, []);
  useEffect(() => {
    if (!state.me) return;
    const connection = new LiveConnection({
      onMessage: (message) =>
        message.kind === "hello" && message.me.role === "wall" && !IS_WALL
          ? dispatch({ kind: "signed_out" })
          : dispatch({ kind: "message", message, at: Date.now() }),
      onOpen: () => dispatch({ kind: "link", link: "open" }),
      onLost: () => dispatch({ kind: "link", link: "lost" }),
      onSessionOver: () => (IS_WALL ? askWhoIsLeft() : dispatch({ kind: "signed_out" })),
    });
    live.current = connection;
    return () => connection.end();
  }, [state.me?.name, session]);
  useEffect(() => {
    if (!state.withdrawn) return;
    const timer = setTimeout(() => dispatch({ kind: "told" }), WITHDRAWN_TOLD_FOR);
    return () => clearTimeout(timer);
  }, [state.withdrawn]);
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    document.title = words.title;
  }, [language]);

  function signedIn(me: Me): void {
    setAsked(true);
    setLanguage(firstLanguage(me.role === "wall" ? undefined : me.language));
    dispatch({ kind: "signed_in", me });
  }
  /** Before a wall the session of somebody may end who was signed in there: the wall goes on. */
  function askWhoIsLeft(): void {
    api.me().then(
      (me) => {
        signedIn(me);
        setSession((number) => number + 1);
      },
      () => dispatch({ kind: "signed_out" }),
    );
  }
  function speak(wanted: Language): void {
    keepLanguage(wanted);
    setLanguage(wanted);
  }
  /** The request ends every session of this user; the page waits for the new one, and is not told that the old one is over. */
  async function renew<T>(request: () => Promise<T>): Promise<T> {
    live.current?.end();
    try {
      return await request();
    } finally {
      setSession((number) => number + 1);
    }
  }
  async function signOut(): Promise<void> {
    await api.logout().catch(() => undefined); // already signed out, or out of reach: the page forgets in any case
    dispatch({ kind: "signed_out" });
  }

  const spoken = useMemo(() => ({ language, words, speak }), [language]); // a new one would draw every row of every table anew
  return (
    <Spoken.Provider value={spoken}>
      {state.me && IS_WALL ? (
        <Wall state={state} />
      ) : state.me ? (
        <Work state={state} me={state.me} onSignOut={signOut} renew={renew} onShown={(offer) => live.current?.say({ kind: "pop_shown", offer })} />
      ) : asked ? (
        <Login onSignedIn={signedIn} notice={notice} />
      ) : null}
    </Spoken.Provider>
  );
}

interface WorkProps {
  state: State;
  me: Me;
  onSignOut(): void;
  renew<T>(request: () => Promise<T>): Promise<T>;
  onShown(offer: string): void;
}

function Work({ state, me, onSignOut, renew, onShown }: WorkProps) {
  const words = useWords();
  const people = usePeople();
  const own = { day: words.supervision.day, users: people.users, audit: people.audit, calls: useCallWords().calls, recordings: usePlayerWords().recordings, quality: useQualityWords().quality };
  const views: View[] = [
    ...(me.agent ? (["desk"] as const) : []),
    ...(me.supervises ? (["console"] as const) : []),
    ...(me.supervises || me.role === "quality" ? (["calls"] as const) : []),
    ...(me.supervises ? (["day"] as const) : []),
    ...(me.supervises || me.role === "quality" ? (["performance", "misroutes", "menu", "recordings", "quality"] as const) : []),
    ...(me.role === "admin" ? (["users"] as const) : []),
    ...(me.supervises ? (["audit"] as const) : []),
  ];
  const [view, setView] = useView(me.supervises ? "console" : "desk");
  const [account, setAccount] = useState(false);
  const shown = views.includes(view) ? view : views[0];
  return (
    <>
      <header class="top">
        <img src="/assets/icon.svg" alt="" width={24} height={24} />
        <h1>{words.title}</h1>
        {views.length > 1 && (
          <nav>
            {views.map((name) => (
              <a href={`#${name}`} aria-current={name === shown ? "page" : undefined} onClick={() => setView(name)}>
                {name in own ? own[name as keyof typeof own] : words[name as Exclude<View, keyof typeof own>]}
              </a>
            ))}
            {me.supervises && (
              <a href="/wall" target="_blank" rel="noopener">
                {words.supervision.wall}
              </a>
            )}
          </nav>
        )}
        <span class="top-space" />
        <LinkSign state={state} />
        <LanguageSwitch />
        <button type="button" class="quiet top-user" title={people.account} aria-label={`${people.account}: ${me.name}`} aria-haspopup="dialog" onClick={() => setAccount(true)}>
          {me.name}
        </button>
        <button type="button" class="quiet" onClick={onSignOut}>
          {words.signOut}
        </button>
      </header>
      {account && <Account me={me} renew={renew} onDone={() => setAccount(false)} />}
      <div role="alert">
        {state.link === "lost" && (
          <p class="banner">
            <Icon name="warning" /> {words.lost}
          </p>
        )}
      </div>
      {shown === "day" ? (
        <DayPage ui={state.ui} />
      ) : shown === "calls" ? (
        <CallsPage ui={state.ui} me={me} />
      ) : shown === "performance" ? (
        <PerformancePage ui={state.ui} agents={state.board?.agents ?? []} />
      ) : shown === "recordings" ? (
        <RecordingsPage ui={state.ui} />
      ) : shown === "quality" ? (
        <QualityPage ui={state.ui} scores={me.role === "quality"} />
      ) : shown === "misroutes" ? (
        <MisroutesPage />
      ) : shown === "users" ? (
        <UsersPage ui={state.ui} />
      ) : shown === "audit" ? (
        <AuditPage />
      ) : shown === "menu" ? (
        <MenuPage />
      ) : shown === "desk" ? (
        <Desk state={state} onShown={onShown} />
      ) : (
        <Console board={state.board} ui={state.ui} />
      )}
    </>
  );
}

function LinkSign({ state }: { state: State }) {
  const words = useWords();
  const text = { open: words.connected, opening: words.connecting, lost: words.connecting }[state.link];
  return (
    <span class={`link link-${state.link}`}>
      <span class="link-dot" aria-hidden="true" />
      {text}
    </span>
  );
}

function useView(usual: View): [View, (view: View) => void] {
  const read = (): View => VIEWS.find((view) => location.hash.split(/[/?]/)[0] === `#${view}`) ?? usual;
  const [view, setView] = useState(read);
  useEffect(() => {
    const follow = () => setView(read());
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return [view, setView];
}

render(<Page />, document.getElementById("page")!);
