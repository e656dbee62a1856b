// Prints, for each kind that standard input names (`apps/v1 Deployment`, one a line), the Go types below it: what an API
// server reads and writes as JSON and as protobuf. JSON: type -> its fields, in the notation of fieldsOf.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"sort"
	"strings"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kubernetes/pkg/generated/openapi"
)

// Types whose JSON is not that of their fields.
var opaque = map[string]string{
	"v1.Time": "time", "v1.MicroTime": "microTime", "v1.Duration": "duration", "resource.Quantity": "quantity", "intstr.IntOrString": "intOrString",
	"runtime.RawExtension": "raw", "v1.FieldsV1": "raw", "v1.JSON": "raw",
	"v1.JSONSchemaPropsOrArray": "raw", "v1.JSONSchemaPropsOrBool": "raw", "v1.JSONSchemaPropsOrStringArray": "raw",
}

var (
	types       = map[string]any{}
	owners      = map[string]reflect.Type{}
	definitions = openapi.GetOpenAPIDefinitions(func(path string) spec.Ref { return spec.MustCreateRef(path) })
	number      = regexp.MustCompile(`^\w+,(\d+)`)
)

func main() {
	if err := apiextensions.AddToScheme(scheme.Scheme); err != nil {
		panic(err)
	}
	// Kinds whose type has another name.
	kinds := map[string]string{}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		apiVersion, kind, _ := strings.Cut(lines.Text(), " ")
		known, ok := scheme.Scheme.AllKnownTypes()[schema.FromAPIVersionAndKind(apiVersion, kind)]
		if !ok {
			panic("no Go type for " + lines.Text())
		}
		if name := nameOf(known); name != kind {
			kinds[lines.Text()] = name
		}
	}
	out, err := json.MarshalIndent(map[string]any{"kinds": kinds, "types": types}, "", "  ")
	if err != nil {
		panic(err)
	}
	fmt.Println(string(out))
}

// The name under which a type is printed, which it is the first time that it is met.
func nameOf(t reflect.Type) string {
	if name, ok := opaque[t.String()]; ok {
		return name
	}
	name := t.Name()
	if !strings.HasPrefix(t.String(), "v1.") {
		name = t.String()
	}
	if owner, ok := owners[name]; ok && owner != t {
		group := strings.Split(t.PkgPath(), "/")
		name = group[len(group)-2] + "." + t.Name()
	}
	if _, ok := owners[name]; !ok {
		owners[name] = t
		if t.Kind() == reflect.Struct {
			types[name] = fieldsOf(t)
		} else {
			types[name] = typeOf(reflect.Zero(t).Type(), t.Kind())
		}
	}
	return name
}

func typeOf(t reflect.Type, kind reflect.Kind) string {
	switch kind {
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "bytes"
		}
		return "[]" + of(t.Elem())
	case reflect.Map:
		return "{}" + of(t.Elem())
	case reflect.Ptr:
		return "*" + of(t.Elem())
	}
	return kind.String()
}

func of(t reflect.Type) string {
	if t.PkgPath() != "" {
		return nameOf(t)
	}
	return typeOf(t, t.Kind())
}

// One word for each field: `...Type#number` for the fields of another type, and otherwise its name, `:` and its type, then
// `#` its protobuf number, `!` where a zero value is written, `+` where it is required, `~` where a zero structure is left
// out, `@` the keys that identify an item of a list (none: the item does), `/` the key of strategic merge patches, `=` all
// values. A type is `*` a pointer, `[]` a list, `{}` a map, a name, or one of Go's own.
func fieldsOf(t reflect.Type) string {
	definition := definitions[t.PkgPath()+"."+t.Name()].Schema
	found := []string{}
	for index := range t.NumField() {
		field := t.Field(index)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if strings.Contains(options, "inline") || (field.Anonymous && name == "") {
			found = append(found, "..."+nameOf(field.Type)+tagged(field))
			continue
		}
		if name == "-" || name == "" {
			continue
		}
		row := name + ":" + of(field.Type) + tagged(field)
		if !strings.Contains(options, "omit") {
			row += "!"
		}
		if slices.Contains(definition.Required, name) {
			row += "+"
		}
		if strings.Contains(options, "omitzero") {
			row += "~"
		}
		property := definition.Properties[name]
		if keys, ok := property.Extensions["x-kubernetes-list-map-keys"].([]any); ok {
			names := []string{}
			for _, key := range keys {
				names = append(names, key.(string))
			}
			row += "@" + strings.Join(names, ",")
		} else if property.Extensions["x-kubernetes-list-type"] == "set" {
			row += "@"
		}
		if key := field.Tag.Get("patchMergeKey"); key != "" {
			row += "/" + key
		} else if field.Tag.Get("patchStrategy") == "merge" {
			row += "/"
		}
		if len(property.Enum) > 0 {
			values := []string{}
			for _, value := range property.Enum {
				values = append(values, fmt.Sprint(value))
			}
			sort.Strings(values)
			row += "=" + strings.Join(values, ",")
		}
		found = append(found, row)
	}
	return strings.Join(found, " ")
}

func tagged(field reflect.StructField) string {
	if match := number.FindStringSubmatch(field.Tag.Get("protobuf")); match != nil {
		return "#" + match[1]
	}
	return ""
}
