// Informer follows a namespace with the informers of client-go while it writes to it at random, and tells whether what the
// informers hold at the end is what the server holds: the oracle for lists and watches. Exit code 1 when it is not.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand"
	"os"
	"sort"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

// A view is one informer and the replica that its events alone built.
type view struct {
	selector string
	informer cache.SharedIndexInformer
	mutex    sync.Mutex
	replica  map[string]*corev1.ConfigMap
	events   int
	faults   []string
}

type result struct {
	Writes     int            `json:"writes"`
	Refused    int            `json:"refused"`
	Events     map[string]int `json:"events"`
	Objects    int            `json:"objects"`
	Complaints []string       `json:"complaints"`
}

func main() {
	kubeconfig := flag.String("kubeconfig", "", "file of the cluster")
	namespace := flag.String("namespace", "", "an empty namespace, used by nobody else")
	writes := flag.Int("writes", 500, "number of writes")
	writers := flag.Int("writers", 4, "writers side by side")
	seed := flag.Int64("seed", 1, "of the random numbers")
	flag.Parse()
	outcome, err := run(*kubeconfig, *namespace, *writes, *writers, *seed)
	if err != nil {
		fmt.Fprintln(os.Stderr, "informer:", err)
		os.Exit(2)
	}
	encoded, _ := json.Marshal(outcome)
	fmt.Println(string(encoded))
	if len(outcome.Complaints) > 0 {
		os.Exit(1)
	}
}

func run(kubeconfig, namespace string, writes, writers int, seed int64) (*result, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, err
	}
	config.QPS, config.Burst = 1000, 1000
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()

	// Some objects are there before anybody looks.
	outcome := &result{Events: map[string]int{}, Complaints: []string{}}
	before := &writer{client: client, namespace: namespace, random: rand.New(rand.NewSource(seed))}
	for i := 0; i < writes/10; i++ {
		before.write(ctx)
	}

	views := []*view{}
	for _, selector := range []string{"", "colour=red", "colour,colour!=red", "!colour"} {
		views = append(views, follow(ctx, client, namespace, selector))
	}
	for _, each := range views {
		if !cache.WaitForCacheSync(ctx.Done(), each.informer.HasSynced) {
			return nil, fmt.Errorf("the informer of %q did not get its first list", each.selector)
		}
	}

	var group sync.WaitGroup
	all := make([]*writer, writers)
	for i := range all {
		all[i] = &writer{client: client, namespace: namespace, random: rand.New(rand.NewSource(seed + int64(i) + 1))}
		group.Add(1)
		go func(w *writer) {
			defer group.Done()
			for n := 0; n < writes/writers; n++ {
				w.write(ctx)
			}
		}(all[i])
	}
	group.Wait()
	for _, w := range append(all, before) {
		outcome.Writes += w.done
		outcome.Refused += w.refused
		outcome.Complaints = append(outcome.Complaints, w.faults...)
	}

	for _, each := range views {
		complaint := each.settle(ctx, client, namespace, outcome)
		outcome.Complaints = append(outcome.Complaints, complaint...)
		outcome.Events[each.selector] = each.events
	}
	sort.Strings(outcome.Complaints)
	return outcome, nil
}

type writer struct {
	client        kubernetes.Interface
	namespace     string
	random        *rand.Rand
	done, refused int
	faults        []string
}

// One write of any kind. What another writer made impossible is refused, which is as good.
func (w *writer) write(ctx context.Context) {
	maps := w.client.CoreV1().ConfigMaps(w.namespace)
	name := fmt.Sprintf("object-%d", w.random.Intn(12))
	labels := map[string]string{}
	if colour := []string{"", "red", "green"}[w.random.Intn(3)]; colour != "" {
		labels["colour"] = colour
	}
	object := &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels},
		Data:       map[string]string{"value": fmt.Sprint(w.random.Intn(4))},
	}
	var err error
	switch w.random.Intn(6) {
	case 0, 1:
		_, err = maps.Create(ctx, object, metav1.CreateOptions{})
	case 2:
		_, err = maps.Update(ctx, object, metav1.UpdateOptions{})
	case 3:
		var current *corev1.ConfigMap
		if current, err = maps.Get(ctx, name, metav1.GetOptions{}); err == nil {
			current.Labels = labels
			_, err = maps.Update(ctx, current, metav1.UpdateOptions{})
		}
	case 4:
		patch := fmt.Sprintf(`{"metadata":{"labels":{"colour":"red"}},"data":{"value":"%d"}}`, w.random.Intn(4))
		_, err = maps.Patch(ctx, name, types.MergePatchType, []byte(patch), metav1.PatchOptions{})
	case 5:
		err = maps.Delete(ctx, name, metav1.DeleteOptions{})
	}
	w.done++
	switch {
	case err == nil:
	case apierrors.IsNotFound(err), apierrors.IsAlreadyExists(err), apierrors.IsConflict(err):
		w.refused++
	default:
		w.faults = append(w.faults, fmt.Sprintf("write of %s: %v", name, err))
	}
}

func follow(ctx context.Context, client kubernetes.Interface, namespace, selector string) *view {
	factory := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithNamespace(namespace),
		informers.WithTweakListOptions(func(options *metav1.ListOptions) { options.LabelSelector = selector }))
	made := &view{selector: selector, informer: factory.Core().V1().ConfigMaps().Informer(), replica: map[string]*corev1.ConfigMap{}}
	made.informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc: func(object any) {
			made.take(func(m *corev1.ConfigMap) {
				if _, known := made.replica[m.Name]; known {
					made.fault("%s was added twice", m.Name)
				}
				made.replica[m.Name] = m
			}, object)
		},
		UpdateFunc: func(old, object any) {
			made.take(func(m *corev1.ConfigMap) {
				known, is := made.replica[m.Name]
				if !is {
					made.fault("%s was updated before it was added", m.Name)
				} else if known.ResourceVersion != old.(*corev1.ConfigMap).ResourceVersion {
					made.fault("%s was updated from a version that was never told", m.Name)
				}
				made.replica[m.Name] = m
			}, object)
		},
		DeleteFunc: func(object any) {
			if tombstone, is := object.(cache.DeletedFinalStateUnknown); is {
				object = tombstone.Obj
			}
			made.take(func(m *corev1.ConfigMap) {
				if _, known := made.replica[m.Name]; !known {
					made.fault("%s was deleted before it was added", m.Name)
				}
				delete(made.replica, m.Name)
			}, object)
		},
	})
	factory.Start(ctx.Done())
	return made
}

func (v *view) take(change func(*corev1.ConfigMap), object any) {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	m := object.(*corev1.ConfigMap)
	if m.Name == "kube-root-ca.crt" {
		return
	}
	v.events++
	change(m)
}

func (v *view) fault(format string, args ...any) {
	v.faults = append(v.faults, fmt.Sprintf("[%s] ", v.selector)+fmt.Sprintf(format, args...))
}

// Compares with the server until both say the same, or it is late.
func (v *view) settle(ctx context.Context, client kubernetes.Interface, namespace string, outcome *result) []string {
	var differences []string
	for end := time.Now().Add(15 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		list, err := client.CoreV1().ConfigMaps(namespace).List(ctx, metav1.ListOptions{LabelSelector: v.selector})
		if err != nil {
			return []string{fmt.Sprintf("[%s] final list: %v", v.selector, err)}
		}
		differences = v.compare(list.Items)
		if v.selector == "" {
			outcome.Objects = len(list.Items)
		}
		if len(differences) == 0 || time.Now().After(end) {
			break
		}
	}
	v.mutex.Lock()
	defer v.mutex.Unlock()
	return append(differences, v.faults...)
}

func (v *view) compare(items []corev1.ConfigMap) []string {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	var found []string
	listed := map[string]bool{}
	for i := range items {
		item := &items[i]
		if item.Name == "kube-root-ca.crt" {
			continue
		}
		listed[item.Name] = true
		replica, known := v.replica[item.Name]
		stored, _, _ := v.informer.GetStore().GetByKey(item.Namespace + "/" + item.Name)
		switch {
		case !known:
			found = append(found, fmt.Sprintf("[%s] %s is on the server, and no event told of it", v.selector, item.Name))
		case !equality.Semantic.DeepEqual(replica, item):
			found = append(found, fmt.Sprintf("[%s] %s has version %s, events told of %s", v.selector, item.Name, item.ResourceVersion, replica.ResourceVersion))
		case !equality.Semantic.DeepEqual(stored, item):
			found = append(found, fmt.Sprintf("[%s] %s differs in the informer's store", v.selector, item.Name))
		}
	}
	for name := range v.replica {
		if !listed[name] {
			found = append(found, fmt.Sprintf("[%s] %s is gone from the server, and no event told of it", v.selector, name))
		}
	}
	return found
}
