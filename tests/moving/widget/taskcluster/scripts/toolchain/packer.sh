#!/bin/sh
make packer
