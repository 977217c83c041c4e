#include <stdio.h>
#include "line.h"

int main(void) {
    printf("%s, stamped %s\n", FIRST_LINE, ARGUMENT);
    return 0;
}
