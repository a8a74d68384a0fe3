using System.Reflection;
using System.Runtime.CompilerServices;

namespace HybridAD.Tests.Support;

/// <summary>Bytes in all arrays that can be reached from an object: what it keeps, but for the objects themselves, however busy the process is otherwise.</summary>
internal static class ReachableMemory
{
    private const BindingFlags Instance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
    private static readonly MethodInfo s_sizeOf = ((Func<int>)SizeOf<int>).Method.GetGenericMethodDefinition();

    public static long ArrayBytes(object root)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance) { root };
        var pending = new Stack<object>([root]);
        var bytes = 0L;
        while (pending.TryPop(out var item))
        {
            var type = item.GetType();
            // Of the runtime itself nothing belongs to an object of ours.
            if (type.Namespace is { } name && (name.StartsWith("System.Reflection", StringComparison.Ordinal) || name.StartsWith("System.Threading", StringComparison.Ordinal)) || item is Type)
                continue;
            if (item is not Array array)
            {
                VisitFields(item, type);
                continue;
            }
            var element = type.GetElementType()!;
            bytes += array.LongLength * (element.IsValueType ? (int)s_sizeOf.MakeGenericMethod(element).Invoke(null, null)! : IntPtr.Size);
            if (!element.IsPrimitive && !element.IsEnum)
                foreach (var one in array)
                    if (one is not null && element.IsValueType)
                        VisitFields(one, element);
                    else
                        Visit(one);
        }
        return bytes;

        void VisitFields(object item, Type type)
        {
            for (var declaring = type; declaring is not null && declaring != typeof(object); declaring = declaring.BaseType)
                foreach (var field in declaring.GetFields(Instance))
                    if (field.FieldType is { IsPrimitive: false, IsEnum: false, IsPointer: false } fieldType)
                        if (fieldType.IsValueType)
                            VisitFields(field.GetValue(item)!, fieldType);
                        else
                            Visit(field.GetValue(item));
        }

        void Visit(object? item)
        {
            if (item is not null && seen.Add(item))
                pending.Push(item);
        }
    }

    private static int SizeOf<T>() => Unsafe.SizeOf<T>();
}
