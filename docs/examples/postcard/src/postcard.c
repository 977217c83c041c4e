/* Writes a postcard in the language of this installation: the texts lie beside the program. */
#include <stdio.h>
#include <string.h>

#ifndef VERSION
#error "say which version this is: -DVERSION=..."
#endif
#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

enum { LONGEST = 1024 };

/* The path of a file that lies beside the program. */
static int beside(const char *program, const char *name, char *path, size_t size) {
    size_t folder = 0;
    for (size_t i = 0; program[i] != '\0'; i++) {
        if (program[i] == '/' || program[i] == '\\') {
            folder = i + 1;
        }
    }
    if (folder + strlen(name) + 1 > size) {
        return 0;
    }
    memcpy(path, program, folder);
    strcpy(path + folder, name);
    return 1;
}

/* Prints the text of a key; whether there is one. */
static int say(const char *program, const char *key) {
    char path[LONGEST], line[LONGEST];
    if (!beside(program, "texts.properties", path, sizeof path)) {
        return 0;
    }
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return 0;
    }
    size_t length = strlen(key);
    int found = 0;
    while (!found && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, key, length) == 0 && line[length] == '=') {
            line[strcspn(line, "\r\n")] = '\0';
            puts(line + length + 1);
            found = 1;
        }
    }
    fclose(file);
    return found;
}

int main(int count, char **words) {
    if (count == 2 && strcmp(words[1], "--version") == 0) {
        puts("postcard " TEXT(VERSION));
        return 0;
    }
    if (!say(words[0], "greeting") || !say(words[0], "wish") || !say(words[0], "signature")) {
        fputs("postcard: the texts of this installation are missing\n", stderr);
        return 1;
    }
    return 0;
}
