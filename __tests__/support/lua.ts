/** Runs Lua, the language of Argo CD's health checks. */
import { lauxlib, lua, lualib, to_jsstring, to_luastring } from 'fengari';

/**
 * @param chunk finds the value in "..."
 * @returns the texts that it returns
 * @throws Error when it is no Lua, or fails
 */
export function runLua(chunk: string, value: unknown): (string | undefined)[] {
  const state = lauxlib.luaL_newstate();
  lualib.luaL_openlibs(state);
  const text = (index: number) => {
    const bytes = lua.lua_tostring(state, index);
    return bytes ? to_jsstring(bytes) : undefined;
  };
  if (lauxlib.luaL_loadstring(state, to_luastring(chunk)) !== lua.LUA_OK) throw new Error(text(-1));
  push(state, JSON.parse(JSON.stringify(value)) as unknown);
  if (lua.lua_pcall(state, 1, lua.LUA_MULTRET, 0) !== lua.LUA_OK) throw new Error(text(-1));
  return Array.from({ length: lua.lua_gettop(state) }, (_, index) => text(index + 1));
}

/** Pushes what JSON can hold: mappings and texts; lists are not needed. */
function push(state: ReturnType<typeof lauxlib.luaL_newstate>, value: unknown): void {
  if (typeof value === 'object' && value !== null) {
    lua.lua_newtable(state);
    for (const [key, field] of Object.entries(value)) {
      push(state, field);
      lua.lua_setfield(state, -2, to_luastring(key));
    }
  } else if (typeof value === 'string') lua.lua_pushstring(state, to_luastring(value));
  else throw new Error(`${JSON.stringify(value)} is neither a mapping nor text`);
}
