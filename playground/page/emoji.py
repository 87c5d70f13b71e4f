"""The emoji people and bots use most, by Slack's names."""

import re

NAMES = {
    "+1": "👍",
    "thumbsup": "👍",
    "-1": "👎",
    "thumbsdown": "👎",
    "heart": "❤️",
    "tada": "🎉",
    "eyes": "👀",
    "joy": "😂",
    "smile": "😄",
    "slightly_smiling_face": "🙂",
    "thinking_face": "🤔",
    "wave": "👋",
    "pray": "🙏",
    "clap": "👏",
    "fire": "🔥",
    "rocket": "🚀",
    "sparkles": "✨",
    "bulb": "💡",
    "robot_face": "🤖",
    "white_check_mark": "✅",
    "heavy_check_mark": "✔️",
    "x": "❌",
    "warning": "⚠️",
    "no_entry": "⛔",
    "octagonal_sign": "🛑",
    "question": "❓",
    "hourglass": "⌛",
    "hourglass_flowing_sand": "⏳",
    "speech_balloon": "💬",
    "memo": "📝",
    "mag": "🔍",
    "paperclip": "📎",
    "page_facing_up": "📄",
    "frame_with_picture": "🖼️",
    "art": "🎨",
    "lock": "🔒",
    "zap": "⚡",
    "arrows_counterclockwise": "🔄",
}
OFFERED = ("+1", "heart", "tada", "eyes", "white_check_mark")
"""What the page offers as a reaction."""
CODE = re.compile(r":([a-z0-9_+'-]{1,64}):")


def shown(name: str) -> str:
    """The emoji, or its name between colons where it is not known."""
    return NAMES.get(name, f":{name}:")
