// Loads compose files as the compose command does and prints the merged project; exit 1 with the reason otherwise.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
)

func main() {
	options, err := cli.NewProjectOptions(os.Args[1:], cli.WithOsEnv, cli.WithDotEnv, cli.WithInterpolation(true),
		cli.WithProfiles([]string{"*"}))
	if err == nil {
		var out []byte
		project, loadErr := options.LoadProject(context.Background())
		err = loadErr
		if err == nil {
			out, err = project.MarshalYAML()
			fmt.Print(string(out))
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
