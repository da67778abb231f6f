/** The part of fengari that tests use: Lua's own C interface. It comes without types. */
declare module 'fengari' {
  /** Lua's state, which only its functions look into. */
  interface State {
    readonly lua: never;
  }
  export const lauxlib: {
    luaL_newstate(): State;
    luaL_loadstring(state: State, chunk: Uint8Array): number;
  };
  export const lualib: { luaL_openlibs(state: State): void };
  export const lua: {
    readonly LUA_OK: number;
    readonly LUA_MULTRET: number;
    lua_pcall(state: State, args: number, results: number, handler: number): number;
    lua_gettop(state: State): number;
    lua_tostring(state: State, index: number): Uint8Array | null;
    lua_newtable(state: State): void;
    lua_pushstring(state: State, text: Uint8Array): void;
    lua_setfield(state: State, index: number, key: Uint8Array): void;
  };
  export function to_luastring(text: string): Uint8Array;
  export function to_jsstring(text: Uint8Array): string;
}
