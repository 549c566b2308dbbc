// composecheck loads a compose file as docker compose does, and says what is wrong with it: misspelt keys, and volumes,
// networks or services that are named but not defined. Usage: composecheck FILE
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: composecheck FILE")
		os.Exit(2)
	}
	options, err := cli.NewProjectOptions(os.Args[1:], cli.WithOsEnv, cli.WithResolvedPaths(true))
	if err == nil {
		project, loaded := options.LoadProject(context.Background())
		if err = loaded; err == nil {
			fmt.Println(len(project.Services), "services")
			return
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
