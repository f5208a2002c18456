#!/usr/bin/env bash
# The browser and the Chinese fonts that the browser tests need; installs what is missing where it may.
set -eu
missing=()
command -v chromium >/dev/null || missing+=(chromium)
fc-list ':lang=zh' 2>/dev/null | grep -q . || missing+=(fonts-noto-cjk)
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "浏览器测试需要：${missing[*]}。请用管理员身份运行：apt-get install -y ${missing[*]}"
  echo "The browser tests need: ${missing[*]}. As root run: apt-get install -y ${missing[*]}"
  exit 1
fi
echo "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" fontconfig >/dev/null
