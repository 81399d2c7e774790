// Words of the recordings' page, in both languages.
import type { Language } from "./types.ts";
import { useSpeech } from "./words.ts";

const en = {
  recordings: "Recordings", when: "When", agent: "Agent", queue: "Queue", caller: "Caller", length: "Length", none: "Nothing was recorded.",
  deleted: "deleted", pick: "Choose a conversation to hear it.", play: "Play", stop: "Pause", back: "5 s back", forth: "5 s on", speed: "Speed",
  both: "Both", hear: "Who is heard", more: "More", position: "Where in the conversation",
  keys: "Space plays, ← → skip 5 s, ↑ ↓ change the speed", notRecorded: "Hatched: the recording was paused",
};
const zh: typeof en = {
  recordings: "录音", when: "时间", agent: "坐席", queue: "队列", caller: "来电人", length: "时长", none: "没有录音。",
  deleted: "已删除", pick: "请选择要收听的通话。", play: "播放", stop: "暂停", back: "后退 5 秒", forth: "前进 5 秒", speed: "速度",
  both: "双方", hear: "收听哪一方", more: "更多", position: "通话中的位置",
  keys: "空格播放，← → 跳 5 秒，↑ ↓ 改变速度", notRecorded: "斜线部分：录音已暂停",
};
const tables: Record<Language, typeof en> = { en, zh };
export const usePlayerWords = () => tables[useSpeech().language];
