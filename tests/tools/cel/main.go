// For each line of standard input, a JSON record, a tab and an expression, writes a line with the result in cel-go, the
// reference implementation of CEL: as type-checked, a tab, and without type check. The forms are those of
// tests/agent/expressions/evaluated_text.h. Used by cel_test.py.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/ext"
)

// What may be a field: every other name in an expression is declared as a variable of any type.
var name = regexp.MustCompile(`[A-Za-z_]\w*`)
var notFields = map[string]bool{"true": true, "false": true, "null": true, "in": true, "r": true, "has": true,
	"int": true, "double": true, "string": true, "bool": true, "duration": true, "timestamp": true, "size": true,
	"math": true, "regex": true, "cidr": true, "ip": true}

// An environment that grows with the names of the expressions.
type oracle struct {
	env      *cel.Env
	declared map[string]bool
	last     string
	programs [2]func(map[string]any) string
}

func (o *oracle) declare(expression string) {
	options := []cel.EnvOption{}
	for _, word := range name.FindAllString(expression, -1) {
		if !o.declared[word] && !notFields[word] {
			o.declared[word] = true
			options = append(options, cel.Variable(word, cel.DynType))
		}
	}
	if len(options) > 0 {
		env, err := o.env.Extend(options...)
		if err != nil {
			panic(err)
		}
		o.env = env
	}
}

func refused(err error) func(map[string]any) string {
	text := "refused: " + strings.ReplaceAll(strings.SplitN(err.Error(), "\n", 2)[0], "\t", " ")
	return func(map[string]any) string { return text }
}

func (o *oracle) program(ast *cel.Ast, issues *cel.Issues) func(map[string]any) string {
	if issues.Err() != nil {
		return refused(issues.Err())
	}
	program, err := o.env.Program(ast)
	if err != nil {
		return refused(err)
	}
	return func(record map[string]any) string {
		value, _, err := program.Eval(record)
		if err != nil {
			return "fails: " + strings.ReplaceAll(strings.ReplaceAll(err.Error(), "\n", " "), "\t", " ")
		}
		return text(value)
	}
}

func (o *oracle) evaluate(record map[string]any, expression string) string {
	if expression != o.last {
		o.last = expression
		o.declare(expression)
		o.programs[0] = o.program(o.env.Compile(expression))
		o.programs[1] = o.program(o.env.Parse(expression))
	}
	return o.programs[0](record) + "\t" + o.programs[1](record)
}

func text(value ref.Val) string {
	switch v := value.(type) {
	case types.Bool, types.Int:
		return fmt.Sprint(v)
	case types.Null:
		return "null"
	case types.Double:
		text := strconv.FormatFloat(float64(v), 'g', -1, 64)
		if !strings.ContainsAny(text, ".eIN") {
			text += ".0"
		}
		return text
	case types.String:
		quoted, _ := json.Marshal(string(v))
		return string(quoted)
	case types.Timestamp:
		return "timestamp " + v.Time.UTC().Format(time.RFC3339Nano)
	case types.Duration:
		return "duration " + strconv.FormatInt(v.Duration.Nanoseconds(), 10)
	case traits.Sizer:
		return fmt.Sprintf("%s of %d", value.Type().TypeName(), v.Size())
	}
	return "another kind: " + value.Type().TypeName()
}

// Numbers without a fraction or exponent are ints, as in Leeway.
func withNumbers(value any) any {
	switch v := value.(type) {
	case json.Number:
		if integer, err := v.Int64(); err == nil {
			return integer
		}
		number, _ := v.Float64()
		return number
	case []any:
		for i := range v {
			v[i] = withNumbers(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = withNumbers(v[key])
		}
	}
	return value
}

func main() {
	env, err := cel.NewEnv(cel.CrossTypeNumericComparisons(true), cel.OptionalTypes(), ext.Strings(), ext.Math(),
		ext.Network(), ext.Regex())
	if err != nil {
		panic(err)
	}
	o := oracle{env: env, declared: map[string]bool{}}
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		record, expression, found := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		decoder := json.NewDecoder(strings.NewReader(record))
		decoder.UseNumber()
		fields := map[string]any{}
		if err := decoder.Decode(&fields); err != nil || !found {
			panic("expected a record, a tab and an expression, not: " + line)
		}
		fmt.Fprintln(out, o.evaluate(withNumbers(fields).(map[string]any), expression))
	}
}
