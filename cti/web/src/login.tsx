// The page for those who have not signed in.
import { useState } from "preact/hooks";
import * as api from "./api.ts";
import { LanguageSwitch, ProblemLine, useRequest } from "./parts.tsx";
import type { Me } from "./types.ts";
import { useWords } from "./words.ts";

export function Login({ onSignedIn }: { onSignedIn(me: Me): void }) {
  const words = useWords();
  const request = useRequest();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  function submit(event: Event): void {
    event.preventDefault();
    void request.run(async () => onSignedIn(await api.login(name, password)));
  }
  return (
    <main class="login">
      <form class="login-card" onSubmit={submit}>
        <img class="login-mark" src="/assets/icon.svg" alt="" width={44} height={44} />
        <h1>{words.title}</h1>
        <p class="soft">{words.signInHint}</p>
        <label>
          {words.name}
          <input name="name" autocomplete="username" required maxLength={64} value={name} autofocus onInput={(event) => setName(event.currentTarget.value)} />
        </label>
        <label>
          {words.password}
          <input
            name="password"
            type="password"
            autocomplete="current-password"
            required
            maxLength={256}
            value={password}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        </label>
        <ProblemLine problem={request.problem} />
        <button type="submit" class="primary wide" disabled={request.busy}>
          {words.signIn}
        </button>
      </form>
      <LanguageSwitch />
    </main>
  );
}
