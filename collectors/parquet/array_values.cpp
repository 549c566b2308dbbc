#include "collectors/parquet/array_values.h"

#include <arrow/extension_type.h>
#include <arrow/type.h>
#include <arrow/util/decimal.h>
#include <arrow/util/float16.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>

namespace leeway {
namespace {

constexpr std::int64_t kSecondsADay = 86'400;
constexpr std::int64_t kNanosecondsASecond = 1'000'000'000;

void write_values(const arrow::Array& array, const Elements& elements, std::int64_t members, Value* out);

template <typename Make>
void fill(const arrow::Array& array, const Elements& elements, Value* out, Make make) {
  if (elements.is_run() && array.null_count() == 0) {
    const std::int64_t first = elements.first();
    const std::int64_t count = elements.size();
    for (std::int64_t i = 0; i < count; ++i) {
      out[i] = make(first + i);
    }
    return;
  }
  for (std::int64_t i = 0; i < elements.size(); ++i) {
    const std::int64_t at = elements[i];
    out[i] = at < 0 ? Value::missing() : array.IsNull(at) ? Value::null() : make(at);
  }
}

template <typename ArrayType>
void fill_integers(const arrow::Array& array, const Elements& elements, Value* out) {
  const ArrayType& numbers = static_cast<const ArrayType&>(array);
  fill(array, elements, out, [values = numbers.raw_values()](std::int64_t at) { return Value::of_int(values[at]); });
}

template <typename ArrayType>
void fill_doubles(const arrow::Array& array, const Elements& elements, Value* out) {
  const ArrayType& numbers = static_cast<const ArrayType&>(array);
  fill(array, elements, out, [values = numbers.raw_values()](std::int64_t at) { return Value::of_double(values[at]); });
}

template <typename ArrayType>
void fill_texts(const arrow::Array& array, const Elements& elements, Value* out) {
  const ArrayType& texts = static_cast<const ArrayType&>(array);
  fill(array, elements, out, [&](std::int64_t at) { return Value::of_string(texts.GetView(at)); });
}

template <typename ArrayType>
void fill_lists(const arrow::Array& array, const Elements& elements, Value* out) {
  const ArrayType& lists = static_cast<const ArrayType&>(array);
  fill(array, elements, out, [&](std::int64_t at) { return Value::list(lists.value_length(at)); });
}

// An integer if there are no digits after the point and it fits.
template <typename ArrayType, typename Decimal>
void fill_decimals(const arrow::Array& array, const Elements& elements, Value* out) {
  const ArrayType& decimals = static_cast<const ArrayType&>(array);
  const std::int32_t scale = static_cast<const arrow::DecimalType&>(*array.type()).scale();
  fill(array, elements, out, [&](std::int64_t at) {
    const Decimal decimal(decimals.GetValue(at));
    if (scale == 0) {
      if (const arrow::Result<std::int64_t> whole = decimal.template ToInteger<std::int64_t>(); whole.ok()) {
        return Value::of_int(*whole);
      }
      const std::string digits = decimal.ToIntegerString();
      std::uint64_t natural = 0;
      const std::from_chars_result read = std::from_chars(digits.data(), digits.data() + digits.size(), natural);
      if (read.ec == std::errc()) {
        return Value::of_unsigned(natural);
      }
    }
    return Value::of_double(decimal.ToDouble(scale));
  });
}

std::int64_t units_a_second(arrow::TimeUnit::type unit) {
  switch (unit) {
    case arrow::TimeUnit::SECOND:
      return 1;
    case arrow::TimeUnit::MILLI:
      return 1000;
    case arrow::TimeUnit::MICRO:
      return 1'000'000;
    case arrow::TimeUnit::NANO:
      break;
  }
  return kNanosecondsASecond;
}

template <typename ArrayType>
void fill_timestamps(const arrow::Array& array, const Elements& elements, Value* out, std::int64_t units) {
  const ArrayType& times = static_cast<const ArrayType&>(array);
  fill(array, elements, out,
       [&](std::int64_t at) { return Value::timestamp(instant_of(std::int64_t{times.Value(at)}, units)); });
}

// Durations, and times of a day.
template <typename ArrayType, typename Type>
void fill_durations(const arrow::Array& array, const Elements& elements, Value* out) {
  const ArrayType& durations = static_cast<const ArrayType&>(array);
  const std::int64_t units = units_a_second(static_cast<const Type&>(*array.type()).unit());
  fill(array, elements, out, [&](std::int64_t at) {
    std::int64_t nanoseconds = 0;
    const bool fits =
        !__builtin_mul_overflow(std::int64_t{durations.Value(at)}, kNanosecondsASecond / units, &nanoseconds);
    return fits ? Value::duration(nanoseconds) : Value::error(Failure::kOverflow);
  });
}

// Where words are used more than once on average, their values are made once.
void fill_dictionary(const arrow::Array& array, const Elements& elements, Value* out) {
  const arrow::DictionaryArray& coded = static_cast<const arrow::DictionaryArray&>(array);
  const std::int64_t size = coded.dictionary()->length();
  if (size <= elements.size()) {
    std::vector<Value> words(static_cast<std::size_t>(size));
    write_values(*coded.dictionary(), Elements(0, size), 0, words.data());
    const auto word = [&](std::int64_t number) {
      return number >= 0 && number < size ? words[static_cast<std::size_t>(number)] : Value::missing();
    };
    if (coded.indices()->type_id() == arrow::Type::INT32) {
      const std::int32_t* const numbers = static_cast<const arrow::Int32Array&>(*coded.indices()).raw_values();
      return fill(array, elements, out, [&](std::int64_t at) { return word(numbers[at]); });
    }
    return fill(array, elements, out, [&](std::int64_t at) { return word(coded.GetValueIndex(at)); });
  }
  std::vector<std::int64_t> words(static_cast<std::size_t>(elements.size()), -1);
  for (std::int64_t i = 0; i < elements.size(); ++i) {
    const std::int64_t at = elements[i];
    if (at >= 0 && !coded.IsNull(at)) {
      const std::int64_t word = coded.GetValueIndex(at);
      words[static_cast<std::size_t>(i)] = word < size ? word : -1;
    }
  }
  write_values(*coded.dictionary(), Elements(std::move(words)), 0, out);
  for (std::int64_t i = 0; i < elements.size(); ++i) {
    if (elements[i] >= 0 && coded.IsNull(elements[i])) {
      out[i] = Value::null();
    }
  }
}

bool write_numbers(const arrow::Array& array, const Elements& elements, Value* out) {
  switch (array.type_id()) {
    case arrow::Type::INT8:
      fill_integers<arrow::Int8Array>(array, elements, out);
      return true;
    case arrow::Type::INT16:
      fill_integers<arrow::Int16Array>(array, elements, out);
      return true;
    case arrow::Type::INT32:
      fill_integers<arrow::Int32Array>(array, elements, out);
      return true;
    case arrow::Type::INT64:
      fill_integers<arrow::Int64Array>(array, elements, out);
      return true;
    case arrow::Type::UINT8:
      fill_integers<arrow::UInt8Array>(array, elements, out);
      return true;
    case arrow::Type::UINT16:
      fill_integers<arrow::UInt16Array>(array, elements, out);
      return true;
    case arrow::Type::UINT32:
      fill_integers<arrow::UInt32Array>(array, elements, out);
      return true;
    case arrow::Type::UINT64:
      fill(array, elements, out, [&](std::int64_t at) {
        return Value::of_unsigned(static_cast<const arrow::UInt64Array&>(array).Value(at));
      });
      return true;
    case arrow::Type::HALF_FLOAT:
      fill(array, elements, out, [&](std::int64_t at) {
        const std::uint16_t bits = static_cast<const arrow::HalfFloatArray&>(array).Value(at);
        return Value::of_double(static_cast<double>(arrow::util::Float16::FromBits(bits).ToFloat()));
      });
      return true;
    case arrow::Type::FLOAT:
      fill_doubles<arrow::FloatArray>(array, elements, out);
      return true;
    case arrow::Type::DOUBLE:
      fill_doubles<arrow::DoubleArray>(array, elements, out);
      return true;
    case arrow::Type::DECIMAL32:
      fill_decimals<arrow::Decimal32Array, arrow::Decimal32>(array, elements, out);
      return true;
    case arrow::Type::DECIMAL64:
      fill_decimals<arrow::Decimal64Array, arrow::Decimal64>(array, elements, out);
      return true;
    case arrow::Type::DECIMAL128:
      fill_decimals<arrow::Decimal128Array, arrow::Decimal128>(array, elements, out);
      return true;
    case arrow::Type::DECIMAL256:
      fill(array, elements, out, [&](std::int64_t at) {
        const arrow::Decimal256 decimal(static_cast<const arrow::Decimal256Array&>(array).GetValue(at));
        return Value::of_double(decimal.ToDouble(static_cast<const arrow::DecimalType&>(*array.type()).scale()));
      });
      return true;
    default:
      return false;
  }
}

bool write_times(const arrow::Array& array, const Elements& elements, Value* out) {
  switch (array.type_id()) {
    case arrow::Type::DATE32:
      fill(array, elements, out, [&](std::int64_t at) {
        const std::int64_t days = static_cast<const arrow::Date32Array&>(array).Value(at);
        return Value::timestamp({days * kSecondsADay, 0});
      });
      return true;
    case arrow::Type::DATE64:
      fill_timestamps<arrow::Date64Array>(array, elements, out, units_a_second(arrow::TimeUnit::MILLI));
      return true;
    case arrow::Type::TIMESTAMP:
      fill_timestamps<arrow::TimestampArray>(
          array, elements, out, units_a_second(static_cast<const arrow::TimestampType&>(*array.type()).unit()));
      return true;
    case arrow::Type::TIME32:
      fill_durations<arrow::Time32Array, arrow::TimeType>(array, elements, out);
      return true;
    case arrow::Type::TIME64:
      fill_durations<arrow::Time64Array, arrow::TimeType>(array, elements, out);
      return true;
    case arrow::Type::DURATION:
      fill_durations<arrow::DurationArray, arrow::DurationType>(array, elements, out);
      return true;
    default:
      return false;
  }
}

bool write_texts(const arrow::Array& array, const Elements& elements, Value* out) {
  switch (array.type_id()) {
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      fill_texts<arrow::BinaryArray>(array, elements, out);
      return true;
    case arrow::Type::LARGE_STRING:
    case arrow::Type::LARGE_BINARY:
      fill_texts<arrow::LargeBinaryArray>(array, elements, out);
      return true;
    case arrow::Type::STRING_VIEW:
    case arrow::Type::BINARY_VIEW:
      fill_texts<arrow::BinaryViewArray>(array, elements, out);
      return true;
    case arrow::Type::FIXED_SIZE_BINARY:
      fill_texts<arrow::FixedSizeBinaryArray>(array, elements, out);
      return true;
    default:
      return false;
  }
}

bool write_containers(const arrow::Array& array, const Elements& elements, std::int64_t members, Value* out) {
  switch (array.type_id()) {
    case arrow::Type::LIST:
      fill_lists<arrow::ListArray>(array, elements, out);
      return true;
    case arrow::Type::LARGE_LIST:
      fill_lists<arrow::LargeListArray>(array, elements, out);
      return true;
    case arrow::Type::FIXED_SIZE_LIST:
      fill_lists<arrow::FixedSizeListArray>(array, elements, out);
      return true;
    case arrow::Type::MAP:
      fill(array, elements, out,
           [&](std::int64_t at) { return Value::map(static_cast<const arrow::MapArray&>(array).value_length(at)); });
      return true;
    case arrow::Type::STRUCT:
      fill(array, elements, out, [&](std::int64_t) { return Value::map(members); });
      return true;
    default:
      return false;
  }
}

void write_values(const arrow::Array& array, const Elements& elements, std::int64_t members, Value* out) {
  if (write_numbers(array, elements, out) || write_texts(array, elements, out) || write_times(array, elements, out) ||
      write_containers(array, elements, members, out)) {
    return;
  }
  switch (array.type_id()) {
    case arrow::Type::BOOL:
      return fill(array, elements, out, [&](std::int64_t at) {
        return Value::of_bool(static_cast<const arrow::BooleanArray&>(array).Value(at));
      });
    case arrow::Type::DICTIONARY:
      return fill_dictionary(array, elements, out);
    case arrow::Type::EXTENSION:
      return write_values(*static_cast<const arrow::ExtensionArray&>(array).storage(), elements, members, out);
    default:
      return fill(array, elements, out, [](std::int64_t) { return Value::null(); });
  }
}

// The elements at `index` of the lists at each of `elements`.
template <typename ListType>
Elements list_elements(const arrow::Array& array, const Elements& elements, std::uint32_t index) {
  const ListType& lists = static_cast<const ListType&>(array);
  std::vector<std::int64_t> numbers(static_cast<std::size_t>(elements.size()), -1);
  for (std::int64_t i = 0; i < elements.size(); ++i) {
    const std::int64_t at = elements[i];
    if (at >= 0 && !lists.IsNull(at) && std::int64_t{index} < lists.value_length(at)) {
      numbers[static_cast<std::size_t>(i)] = std::int64_t{lists.value_offset(at)} + index;
    }
  }
  return Elements(std::move(numbers));
}

Elements present_elements(const arrow::Array& array, const Elements& elements) {
  std::vector<std::int64_t> numbers(static_cast<std::size_t>(elements.size()), -1);
  for (std::int64_t i = 0; i < elements.size(); ++i) {
    if (elements[i] >= 0 && !array.IsNull(elements[i])) {
      numbers[static_cast<std::size_t>(i)] = elements[i];
    }
  }
  return Elements(std::move(numbers));
}

// One step into the content of `array`; null if the path does not exist.
std::shared_ptr<arrow::Array> descend(const arrow::Array& array, const WantedColumn::Step& step, Elements& elements) {
  switch (array.type_id()) {
    case arrow::Type::STRUCT: {
      const arrow::StructArray& parent = static_cast<const arrow::StructArray&>(array);
      const arrow::FieldVector& fields = parent.struct_type()->fields();
      const auto at = std::find_if(fields.begin(), fields.end(), [&](const auto& f) { return f->name() == step.name; });
      elements = present_elements(array, elements);
      return at == fields.end() ? nullptr : parent.field(static_cast<int>(at - fields.begin()));
    }
    case arrow::Type::LIST:
      elements = list_elements<arrow::ListArray>(array, elements, step.index.value_or(0));
      return static_cast<const arrow::ListArray&>(array).values();
    case arrow::Type::LARGE_LIST:
      elements = list_elements<arrow::LargeListArray>(array, elements, step.index.value_or(0));
      return static_cast<const arrow::LargeListArray&>(array).values();
    case arrow::Type::FIXED_SIZE_LIST:
      elements = list_elements<arrow::FixedSizeListArray>(array, elements, step.index.value_or(0));
      return static_cast<const arrow::FixedSizeListArray&>(array).values();
    default:
      return nullptr;
  }
}

}  // namespace

void array_values(const WantedColumn& column, const arrow::Array& array, std::int64_t first, std::int64_t count,
                  Value* out) {
  Elements elements(first, count);
  std::shared_ptr<arrow::Array> owned;
  const arrow::Array* at = &array;
  for (const WantedColumn::Step& step : column.steps) {
    std::shared_ptr<arrow::Array> next = descend(*at, step, elements);
    if (next == nullptr) {
      std::fill_n(out, count, Value::missing());
      return;
    }
    owned = std::move(next);
    at = owned.get();
  }
  write_values(*at, elements, column.members, out);
}

}  // namespace leeway
