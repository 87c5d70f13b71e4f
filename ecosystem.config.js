// How PM2 runs the bot. Paths start from this file's directory, because PM2 would start from the shell's.
const path = require("node:path");

module.exports = {
  apps: [
    {
      name: "slackbot",
      cwd: __dirname,
      script: "main.py", // within cwd; PM2 runs an absolute path that holds a space through a shell, wrongly
      interpreter: path.join(__dirname, ".venv", "bin", "python"),
      exec_mode: "fork",
      instances: 1,

      // Milliseconds, as numbers: PM2 starts no app of a file in which a duration is a string.
      kill_timeout: 75000, // above SHUTDOWN_GRACE_SECONDS; PM2's own default cuts running turns after 1.6 s
      treekill: false, // the bot ends its own children; PM2 finds them with ps, and where that is missing starts the bot twice
      wait_ready: true, // the bot reports that it is ready once both sockets are connected
      listen_timeout: 200000, // above the three minutes for which an unreachable Slack is tried at start

      exp_backoff_restart_delay: 200,
      stop_exit_codes: [78], // wrong configuration: a restart would not mend it
      max_memory_restart: "1G",

      // USE_ASYNC_MODE is left out on purpose: what stands here wins over .env, and an edit of .env is a rollback.
      env: {},
      env_sync: { USE_ASYNC_MODE: "false" },
      env_async: { USE_ASYNC_MODE: "true" },
    },
  ],
};
